//! The text of a PDF with its places, and the images of pages that have none.

use std::sync::Arc;

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::util::TransformExt;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, interpret_page,
};

use super::layout::{self, Piece};
use super::ocr::{self, Unread};

/// Pages that are read of one PDF.
const PAGES: usize = 20_000;
/// Letters below which a page counts as one without text, if an image covers it.
const FEW: usize = 12;
/// The share of a page that an image must cover to be the page.
const COVERS: f64 = 0.4;
/// Pixels of an image that are decoded, at most.
const PIXELS: u64 = 120_000_000;

/// What a PDF gave.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// The pages' text, a form feed before each but the first.
    pub(crate) text: String,
    /// Pages in all.
    pub(crate) pages: usize,
    /// Pages whose text was recognised from an image.
    pub(crate) recognised: usize,
    /// Pages that have an image, no text, and could not be recognised, from 1, with the reason.
    pub(crate) unread: Vec<(usize, Unread)>,
    /// What else is missing, in words.
    pub(crate) missing: Vec<String>,
}

/// Whether bytes begin as a PDF does; blanks and a byte order mark may stand before.
pub(crate) fn is_pdf(head: &[u8]) -> bool {
    let start = head
        .iter()
        .position(|byte| !matches!(byte, 0 | b' ' | b'\n' | b'\r' | b'\t' | 0xef | 0xbb | 0xbf));
    start.is_some_and(|at| head[at..].starts_with(b"%PDF-"))
}

/// Reads a PDF. `Err` says in words why it cannot be read at all.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, String> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => "the PDF is encrypted with a password".to_owned(),
        LoadPdfError::Invalid => "the PDF is damaged beyond reading".to_owned(),
    })?;
    let mut out = Text { pages: pdf.pages().len(), ..Text::default() };
    if out.pages > PAGES {
        out.missing.push(format!("pages {} to {} were not read: too many", PAGES + 1, out.pages));
    }
    if !has_end(bytes) {
        out.missing
            .push("the file has no end mark: it is cut off, pages may be missing".to_owned());
    }
    for (at, page) in pdf.pages().iter().take(PAGES).enumerate() {
        let (width, height) = page.base_dimensions();
        let transform = page.initial_transform(true).to_kurbo();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let cache = InterpreterCache::new();
        let run = |device: &mut Reader| {
            let settings =
                InterpreterSettings { warning_sink: Arc::new(|_| {}), ..Default::default() };
            let mut context = Context::new(transform, bounds, &cache, pdf.xref(), settings);
            interpret_page(page, &mut context, device);
        };
        let mut reader = Reader { area: bounds.area(), ..Reader::default() };
        run(&mut reader);
        if reader.pieces.len() >= layout::MOST {
            let most = layout::MOST;
            out.missing.push(format!("page {}: letters beyond {most} were not read", at + 1));
        }
        let letters: usize = reader.pieces.iter().map(|piece| piece.text.trim().len()).sum();
        let mut text = layout::page(std::mem::take(&mut reader.pieces));
        if letters < FEW && reader.covered >= COVERS {
            let mut images = Reader { area: bounds.area(), keep: true, ..Reader::default() };
            run(&mut images);
            match images.image.as_ref().map_or(Err(Unread::NotDecoded), |image| ocr::image(image)) {
                Ok(recognised) => {
                    text = recognised;
                    out.recognised += 1;
                }
                Err(why) => out.unread.push((at + 1, why)),
            }
        }
        if at > 0 {
            out.text.push('\x0c');
        }
        out.text.push_str(&text);
    }
    Ok(out)
}

/// Whether the mark that ends every PDF stands near its end.
fn has_end(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    [&b"%%EOF"[..], b"startxref"].iter().any(|mark| memchr::memmem::find(tail, mark).is_some())
}

/// Takes letters with their places, and how much of the page images cover.
#[derive(Default)]
struct Reader {
    area: f64,
    pieces: Vec<Piece>,
    covered: f64,
    /// Whether to decode the largest image.
    keep: bool,
    image: Option<Vec<u8>>,
    largest: f64,
}

impl Device<'_> for Reader {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        if self.keep {
            return;
        }
        for glyph in run.glyphs() {
            if self.pieces.len() >= layout::MOST {
                return;
            }
            let text = match glyph.as_unicode() {
                Some(found) => match found {
                    hayro_interpret::hayro_cmap::BfString::Char(c) => c.to_string(),
                    hayro_interpret::hayro_cmap::BfString::String(text) => text,
                },
                None => continue,
            };
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            if text.trim().is_empty() {
                continue;
            }
            let at: Affine = props.transform * glyph.transform();
            // Outlines are in thousandths of the font's size; so are advances.
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let from = at * Point::ZERO;
            let top = at * Point::new(0.0, 1000.0);
            let height = (from - top).hypot();
            let to = at * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
            // Text that runs up or down the page is a stamp's or a drawing's.
            if (to.y - from.y).abs() > (to.x - from.x).abs() {
                continue;
            }
            self.pieces.push(Piece {
                text,
                left: from.x.min(to.x),
                right: from.x.max(to.x),
                y: from.y,
                height,
            });
        }
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let (width, height) = (image.width(), image.height());
        // The transform places the image's pixels on the page.
        let corner = |x: u32, y: u32| props.transform * Point::new(f64::from(x), f64::from(y));
        let (a, b, c) = (corner(0, 0), corner(width, 0), corner(0, height));
        let area = (b - a).cross(c - a).abs();
        let share = if self.area > 0.0 { area / self.area } else { 0.0 };
        self.covered = self.covered.max(share);
        let pixels = u64::from(width) * u64::from(height);
        if !self.keep || share <= self.largest || pixels == 0 || pixels > PIXELS {
            return;
        }
        let slot = &mut self.image;
        match image {
            Image::Stencil(stencil) => stencil.with_stencil(
                |luma, _| {
                    // A stencil paints where it is set: ink is what is set.
                    let ink: Vec<u8> = luma.data.iter().map(|value| 255 - value).collect();
                    *slot = pnm("P5", luma.width, luma.height, &ink);
                },
                None,
            ),
            Image::Raster(raster) => raster.with_rgba(
                |data, _| {
                    *slot = match data {
                        ImageData::Luma(luma) => pnm("P5", luma.width, luma.height, &luma.data),
                        ImageData::Rgb(rgb) => pnm("P6", rgb.width, rgb.height, &rgb.data),
                    };
                },
                None,
            ),
        }
        self.largest = share;
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// A portable pixmap: what every recogniser reads.
fn pnm(mark: &str, width: u32, height: u32, data: &[u8]) -> Option<Vec<u8>> {
    if width == 0 || height == 0 {
        return None;
    }
    let mut image = format!("{mark}\n{width} {height}\n255\n").into_bytes();
    image.extend_from_slice(data);
    Some(image)
}
