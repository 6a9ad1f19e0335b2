//! Times that keep their doubt.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UtcMicros(pub i64);

impl UtcMicros {
    /// An instant from whole seconds; saturates at the ends of the range.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// An instant from milliseconds; saturates at the ends of the range.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Whole seconds, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant moved by `seconds`; saturates at the ends of the range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// As a `jiff` timestamp; `None` outside years −9999 to 9999.
    pub fn timestamp(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }
}

impl From<jiff::Timestamp> for UtcMicros {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl fmt::Display for UtcMicros {
    /// RFC 3339 in UTC, with as many decimals as needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.timestamp() {
            Some(timestamp) => timestamp.fmt(f),
            None => write!(f, "{} µs", self.0),
        }
    }
}

macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant = $code,)+ }

        impl $name {
            /// Every value, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in tables, JSON and the query language.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The number used in columns. It never changes meaning.
            pub const fn code(self) -> u8 { self as u8 }

            /// The value with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }

            /// The value with this number.
            pub fn from_code(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|value| value.name())))
                    .into()
            }
        }

        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.name()) }
        }
    };
}
pub(crate) use coded;

coded! {
    /// How fine a stated time is.
    Precision {
        /// To the second or finer.
        Second = 0 "second",
        /// To the minute.
        Minute = 1 "minute",
        /// To the hour.
        Hour = 2 "hour",
        /// To the day.
        Day = 3 "day",
        /// Only bounds are known, or nothing.
        Unknown = 4 "unknown",
    }
}

coded! {
    /// Where a time was read.
    Basis {
        /// The `Date` header of a mail.
        DateHeader = 0 "date header",
        /// The topmost usable `Received` header.
        Received = 1 "received header",
        /// The envelope line of an mbox.
        Envelope = 2 "envelope",
        /// The file's modification time or name.
        File = 3 "file",
        /// A field of the platform's own export.
        Platform = 4 "platform field",
        /// Computed from a platform id that carries a clock.
        IdClock = 5 "id clock",
        /// A column of a table.
        Column = 6 "column",
        /// Stated by whoever compiled the record, with a basis in words.
        Compiled = 7 "compiled",
        /// Printed in a quotation or on a page.
        Quoted = 8 "quoted",
        /// No time was found.
        None = 9 "none",
    }
}

coded! {
    /// How far a time can be relied on.
    Confidence {
        /// Two independent clocks agree, or the platform stamped it.
        High = 0 "high",
        /// One clock says so and nothing speaks against it.
        Normal = 1 "normal",
        /// Another clock disagrees, or the zone was assumed.
        Low = 2 "low",
        /// No usable time.
        None = 3 "none",
    }
}

/// How far, in seconds, a time without a zone may lie from its reading as UTC: zones run from −12
/// to +14 hours.
pub const ZONE_DOUBT: i64 = 14 * 3600;

/// When something happened, as an interval with its basis.
///
/// An instant has `earliest == latest`. A time without a zone spans ±14 h around its reading
/// unless the archive declares a zone; a date spans the day. `None` on a side means unbounded.
/// Order between two of them is only asserted where the intervals do not overlap.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct When {
    /// Not before this instant.
    pub earliest: Option<UtcMicros>,
    /// Not after this instant.
    pub latest: Option<UtcMicros>,
    /// Offset from UTC in seconds as it was stated, if it was.
    pub offset: Option<i32>,
    /// How fine the statement was.
    pub precision: Precision,
    /// Where it was read.
    pub basis: Basis,
    /// How far to rely on it.
    pub confidence: Confidence,
    /// The text it was read from, as found.
    pub raw: Option<String>,
}

impl When {
    /// No time is known.
    pub const fn unknown() -> Self {
        Self {
            earliest: None,
            latest: None,
            offset: None,
            precision: Precision::Unknown,
            basis: Basis::None,
            confidence: Confidence::None,
            raw: None,
        }
    }

    /// An exact instant, to the second, with normal confidence.
    pub fn instant(at: UtcMicros, basis: Basis) -> Self {
        Self {
            earliest: Some(at),
            latest: Some(at),
            precision: Precision::Second,
            basis,
            confidence: Confidence::Normal,
            ..Self::unknown()
        }
    }

    /// The value to sort by and to put on an axis: the earliest bound, else the latest.
    pub fn sort_key(&self) -> Option<UtcMicros> {
        self.earliest.or(self.latest)
    }

    /// What the clock or calendar read, as if it stood in UTC, where nothing tells its zone; `None`
    /// where the zone is known or no reading is. People know a message by what is written on it, and
    /// the earliest bound may be on the day before.
    pub fn reading_without_zone(&self) -> Option<UtcMicros> {
        let (earliest, latest) = (self.earliest?, self.latest?);
        let wide = latest.seconds().saturating_sub(earliest.seconds()) >= 2 * ZONE_DOUBT;
        let read = self.precision != Precision::Unknown && self.offset.is_none();
        (wide && read).then(|| earliest.plus_seconds(ZONE_DOUBT))
    }

    /// Whether both bounds are the same instant.
    pub fn is_instant(&self) -> bool {
        self.earliest.is_some() && self.earliest == self.latest
    }

    /// `Some(true)` if this is certainly before `other`, `Some(false)` if certainly not,
    /// `None` if the intervals do not decide it.
    pub fn before(&self, other: &Self) -> Option<bool> {
        match (self.latest, other.earliest) {
            (Some(mine), Some(theirs)) if mine < theirs => return Some(true),
            _ => {}
        }
        match (self.earliest, other.latest) {
            (Some(mine), Some(theirs)) if mine >= theirs => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> When {
        When { earliest: Some(UtcMicros(from)), latest: Some(UtcMicros(to)), ..When::unknown() }
    }

    #[test]
    fn order_is_asserted_only_where_certain() {
        assert_eq!(span(0, 1).before(&span(2, 3)), Some(true));
        assert_eq!(span(0, 2).before(&span(2, 3)), None);
        assert_eq!(span(3, 4).before(&span(1, 3)), Some(false));
        assert_eq!(span(1, 5).before(&span(2, 3)), None);
        assert_eq!(When::unknown().before(&span(2, 3)), None);
    }

    #[test]
    fn a_reading_is_told_only_where_its_zone_is_not_known() {
        let hours = |n: i64| UtcMicros::from_seconds(n * 3_600);
        let of = |from: i64, to: i64, precision| When {
            earliest: Some(hours(from)),
            latest: Some(UtcMicros(hours(to).0 - 1)),
            precision,
            ..When::unknown()
        };
        let day = of(24 - 14, 48 + 14, Precision::Day);
        assert_eq!(day.reading_without_zone(), Some(hours(24)));
        let hour = of(17 - 14, 18 + 14, Precision::Hour);
        assert_eq!(hour.reading_without_zone(), Some(hours(17)));
        // A zone is known, or bounds are all that is.
        assert_eq!(of(24, 48, Precision::Day).reading_without_zone(), None);
        assert_eq!(When { offset: Some(0), ..day }.reading_without_zone(), None);
        assert_eq!(of(10, 62, Precision::Unknown).reading_without_zone(), None);
        assert_eq!(When::unknown().reading_without_zone(), None);
    }

    #[test]
    fn codes_and_names_are_one_to_one() {
        for basis in Basis::ALL {
            assert_eq!(Basis::from_code(basis.code()), Some(*basis));
            assert_eq!(Basis::from_name(basis.name()), Some(*basis));
        }
    }

    #[test]
    fn instants_print_in_utc() {
        assert_eq!(UtcMicros::from_seconds(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(UtcMicros(i64::MAX).to_string(), "9223372036854775807 µs");
    }
}
