//! What kind of container bytes are, told from the bytes.

/// The size of a tar block.
const TAR_BLOCK: usize = 512;

/// What the first bytes of a file say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A zip archive.
    Zip,
    /// A tar archive, uncompressed.
    Tar,
    /// A gzip stream.
    Gzip,
    /// A Zstandard stream.
    Zstd,
    /// A container that is known but not read; its name.
    Unsupported(&'static str),
    /// Not a container.
    Plain,
}

impl Kind {
    /// Whether it is a container that is read.
    pub(crate) fn is_container(self) -> bool {
        !matches!(self, Self::Plain | Self::Unsupported(_))
    }

    /// Whether it is a compressed stream, which holds one file unless that is a tar.
    pub(crate) fn is_compression(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd)
    }
}

/// Tells the kind from the first bytes; 512 are enough.
pub(crate) fn kind(head: &[u8]) -> Kind {
    const KNOWN: [(&[u8], Kind); 12] = [
        (b"PK\x03\x04", Kind::Zip),
        (b"PK\x05\x06", Kind::Zip),
        (b"PK\x07\x08PK\x03\x04", Kind::Zip),
        (b"\x1f\x8b\x08", Kind::Gzip),
        (b"\x28\xb5\x2f\xfd", Kind::Zstd),
        (b"\xfd7zXZ\x00", Kind::Unsupported("xz")),
        (b"\x1f\x9d", Kind::Unsupported("compress (.Z)")),
        (b"\x1f\xa0", Kind::Unsupported("compress (.Z)")),
        (b"7z\xbc\xaf\x27\x1c", Kind::Unsupported("7z")),
        (b"Rar!\x1a\x07", Kind::Unsupported("rar")),
        (b"LZIP\x01", Kind::Unsupported("lzip")),
        (b"\x04\x22\x4d\x18", Kind::Unsupported("lz4")),
    ];
    if let Some((_, kind)) = KNOWN.iter().find(|(magic, _)| head.starts_with(magic)) {
        *kind
    } else if head.starts_with(b"BZh") && head.get(4..10) == Some(b"1AY&SY") {
        Kind::Unsupported("bzip2")
    } else if head.len() > 8 && head[1..4] == *b"\x2a\x4d\x18" && head[0] & 0xf0 == 0x50 {
        Kind::Zstd // a skippable frame, as parallel compressors write one first
    } else if head.get(..TAR_BLOCK).is_some_and(is_tar_header) {
        Kind::Tar
    } else {
        Kind::Plain
    }
}

/// Whether a block is a tar header: its checksum fits. Old writers summed signed bytes.
pub(crate) fn is_tar_header(block: &[u8]) -> bool {
    if block.len() != TAR_BLOCK || block[0] == 0 && &block[257..262] != b"ustar" {
        return false;
    }
    let field = &block[148..156];
    let Some(stated) = octal(field) else { return false };
    let (mut unsigned, mut signed) = (0_i64, 0_i64);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        unsigned += i64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    i64::try_from(stated).is_ok_and(|stated| stated == unsigned || stated == signed)
}

/// A number in octal digits, with blanks before and a blank or NUL after.
pub(crate) fn octal(field: &[u8]) -> Option<u64> {
    let text = field.trim_ascii_start();
    let end = text.iter().position(|byte| !matches!(byte, b'0'..=b'7')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || !rest.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u64, |value, digit| value.checked_mul(8)?.checked_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_from_bytes_and_text_is_plain() {
        assert_eq!(kind(b"PK\x03\x04rest"), Kind::Zip);
        assert_eq!(kind(b"\x1f\x8b\x08"), Kind::Gzip);
        assert_eq!(kind(b"BZh91AY&SYxxxx"), Kind::Unsupported("bzip2"));
        assert_eq!(kind(b"BZh at the start of a letter"), Kind::Plain);
        assert_eq!(kind(b"P\x2a\x4d\x18....."), Kind::Zstd);
        assert_eq!(kind(b"From someone"), Kind::Plain);
        assert_eq!(kind(&[b' '; 600]), Kind::Plain);
        assert_eq!(kind(&[0; 600]), Kind::Plain);
        assert_eq!(kind(b""), Kind::Plain);
    }

    #[test]
    fn octal_numbers() {
        assert_eq!(octal(b"  644 \0"), Some(0o644));
        assert_eq!(octal(b"00000000017"), Some(15));
        assert_eq!(octal(b"12x"), None);
        assert_eq!(octal(b"\0\0"), None);
    }
}
