//! Where the cells of a table without quotes end, without a look at one byte after another.

/// Where cells end, found 64 bytes at a time.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Ends {
    /// Those of the block that are left, one bit a byte.
    left: u64,
    /// Where the block begins, and where the next does.
    block: usize,
    next: usize,
}

impl Ends {
    /// The place of the next delimiter or line end; the end of the bytes where there is none.
    #[inline]
    pub(crate) fn next(&mut self, bytes: &[u8], delimiter: u8) -> usize {
        while self.left == 0 {
            if self.next >= bytes.len() {
                return bytes.len();
            }
            self.block = self.next;
            self.next += 64;
            self.left = match bytes[self.block..].first_chunk() {
                Some(block) => ends(block, delimiter),
                None => {
                    let rest = &bytes[self.block..];
                    // No delimiter is a zero.
                    let mut block = [0; 64];
                    block[..rest.len()].copy_from_slice(rest);
                    ends(&block, delimiter)
                }
            };
        }
        let at = self.block + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        at
    }
}

/// One bit for each byte that is a delimiter or a line end.
#[inline]
fn ends(block: &[u8; 64], delimiter: u8) -> u64 {
    let mut hits = [0_u8; 64];
    for (hit, byte) in hits.iter_mut().zip(block) {
        *hit = u8::from(*byte == delimiter) | u8::from(*byte == b'\n');
    }
    let (eights, _) = hits.as_chunks();
    // Multiplied, the lowest bits of eight bytes meet in the highest byte.
    let bits = |eight: [u8; 8]| u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().rev().fold(0, |all, eight| all << 8 | bits(*eight))
}
