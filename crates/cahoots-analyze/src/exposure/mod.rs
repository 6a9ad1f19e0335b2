//! Who was told, who told them and when; and, set apart from it, who could have known.

pub mod could;
