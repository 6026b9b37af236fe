//! Texts and lists that a million things name and few differ in.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A text or a list that takes one word wherever it is named, and no memory of its own where it is empty; a clone shares it.
pub struct Shared<T: ?Sized>(Option<Arc<Box<T>>>);

impl<T: ?Sized> Deref for Shared<T>
where
    for<'a> &'a T: Default,
{
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().map_or_else(Default::default, |shared| &***shared)
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: ?Sized> Default for Shared<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl From<&str> for Shared<str> {
    fn from(text: &str) -> Self {
        Self((!text.is_empty()).then(|| Arc::new(text.into())))
    }
}

impl From<String> for Shared<str> {
    fn from(text: String) -> Self {
        Self((!text.is_empty()).then(|| Arc::new(text.into())))
    }
}

impl<T: Clone> From<&[T]> for Shared<[T]> {
    fn from(list: &[T]) -> Self {
        list.to_vec().into()
    }
}

impl<T> From<Vec<T>> for Shared<[T]> {
    fn from(list: Vec<T>) -> Self {
        Self((!list.is_empty()).then(|| Arc::new(list.into())))
    }
}

impl<T> FromIterator<T> for Shared<[T]> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<'a, T> IntoIterator for &'a Shared<[T]> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: ?Sized> Borrow<T> for Shared<T>
where
    for<'a> &'a T: Default,
{
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: PartialEq + ?Sized> PartialEq for Shared<T>
where
    for<'a> &'a T: Default,
{
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq + ?Sized> Eq for Shared<T> where for<'a> &'a T: Default {}

impl<T: PartialOrd + ?Sized> PartialOrd for Shared<T>
where
    for<'a> &'a T: Default,
{
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Ord + ?Sized> Ord for Shared<T>
where
    for<'a> &'a T: Default,
{
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash + ?Sized> Hash for Shared<T>
where
    for<'a> &'a T: Default,
{
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Shared<T>
where
    for<'a> &'a T: Default,
{
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(out)
    }
}

impl fmt::Display for Shared<str> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn it_takes_one_word_and_is_what_it_was_made_of() {
        assert_eq!(size_of::<Shared<str>>(), size_of::<usize>());
        assert_eq!(size_of::<Shared<[String]>>(), size_of::<usize>());
        assert_eq!(&*Shared::from("Sheet1"), "Sheet1");
        assert_eq!(*Shared::from(vec![1, 2]), [1, 2]);
        assert_eq!(&*Shared::<str>::from(""), "");
        assert!(Shared::<[u8]>::default().is_empty());
    }

    #[test]
    fn equal_ones_are_found_by_what_they_say() {
        let known = HashSet::from([Shared::from("a"), Shared::from("")]);
        assert!(known.contains("a") && known.contains("") && !known.contains("b"));
    }
}
