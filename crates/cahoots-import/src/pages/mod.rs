//! Pages to text: words with their places, from a PDF's own text or from a recogniser, laid out
//! in lines and columns as they stand on the page.

mod layout;
mod ocr;
mod pdf;

pub(crate) use ocr::{Unread, image as recognise};
pub(crate) use pdf::{is_pdf, read as read_pdf};
