//! Lists of lists in two arrays: one of contents, one of where each list begins.

/// `n` lists, stored end to end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lists<T> {
    starts: Vec<u32>,
    contents: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], contents: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Appends a list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.contents.extend(list);
        self.starts.push(self.contents.len() as u32);
    }

    /// List number `n`; empty when there is none.
    pub fn of(&self, n: u32) -> &[T] {
        let n = n as usize;
        match (self.starts.get(n), self.starts.get(n + 1)) {
            (Some(start), Some(end)) => &self.contents[*start as usize..*end as usize],
            _ => &[],
        }
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: Copy + Ord> Lists<T> {
    /// The inverse: for each of `n` values, the numbers of the lists that hold it, ascending.
    pub fn inverse(&self, n: usize, number: impl Fn(T) -> u32) -> Lists<u32> {
        let mut counts = vec![0_u32; n + 1];
        for value in &self.contents {
            counts[number(*value) as usize + 1] += 1;
        }
        for at in 1..counts.len() {
            counts[at] += counts[at - 1];
        }
        let starts = counts.clone();
        let mut contents = vec![0_u32; self.contents.len()];
        for list in 0..self.len() as u32 {
            for value in self.of(list) {
                let at = &mut counts[number(*value) as usize];
                contents[*at as usize] = list;
                *at += 1;
            }
        }
        Lists { starts, contents }
    }
}

impl Lists<u32> {
    /// The same lists with every value wrapped.
    pub fn map<U>(self, wrap: impl Fn(u32) -> U) -> Lists<U> {
        Lists { starts: self.starts, contents: self.contents.into_iter().map(wrap).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_lists_who_holds_what() {
        let mut lists = Lists::default();
        lists.push([2_u32, 0]);
        lists.push([]);
        lists.push([2]);
        let inverse = lists.inverse(4, |value| value);
        assert_eq!(inverse.len(), 4);
        assert_eq!(inverse.of(0), [0]);
        assert_eq!(inverse.of(1), [] as [u32; 0]);
        assert_eq!(inverse.of(2), [0, 2]);
        assert_eq!(lists.of(9), [] as [u32; 0]);
    }
}
