//! The element: what it holds, how it is read, built and edited.

use std::sync::Arc;

use crate::name::{IntoName, Name};

/// One element of a tree.
///
/// An element inside an `Arc` is a value: nobody can change it under a holder. The editing methods take
/// `&mut self` and are for elements being built, or reached through [`Arc::make_mut`], which copies an
/// element (not its children) when somebody else also holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    name: Name,
    attrs: Vec<(Name, Box<str>)>,
    children: Vec<Arc<Element>>,
    text: Option<Box<str>>,
}

impl Element {
    /// An element with neither attributes nor children.
    pub fn new(name: impl IntoName) -> Self {
        Self {
            name: name.into_name(),
            attrs: Vec::new(),
            children: Vec::new(),
            text: None,
        }
    }

    /// The element name, with its prefix if it has one.
    #[inline]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of an attribute.
    #[inline]
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs
            .iter()
            .find(|(n, _)| **n == *name)
            .map(|(_, value)| &**value)
    }

    /// The `id` attribute.
    #[inline]
    pub fn id(&self) -> Option<&str> {
        self.attr("id")
    }

    /// Names and values of all attributes, in document order.
    #[inline]
    pub fn attrs(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> + ExactSizeIterator {
        self.attrs.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The child elements, in document order.
    #[inline]
    pub fn children(&self) -> &[Arc<Element>] {
        &self.children
    }

    /// The child elements of that name, in document order.
    pub fn children_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Arc<Element>> {
        self.children
            .iter()
            .filter(move |child| child.name() == name)
    }

    /// The first child element of that name.
    #[inline]
    pub fn child(&self, name: &str) -> Option<&Arc<Element>> {
        self.children.iter().find(|child| child.name() == name)
    }

    /// The text directly inside the element, without that of its children; empty if there is none.
    #[inline]
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Every element below this one, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = &Arc<Element>> {
        let mut open = vec![self.children.iter()];
        std::iter::from_fn(move || {
            loop {
                match open.last_mut()?.next() {
                    Some(element) => {
                        open.push(element.children.iter());
                        return Some(element);
                    }
                    None => {
                        open.pop();
                    }
                }
            }
        })
    }

    /// Levels of elements below this one, itself included: 1 for an element without children.
    pub fn depth(&self) -> usize {
        let mut open = vec![self.children.iter()];
        let mut deepest = 1;
        while let Some(level) = open.last_mut() {
            match level.next() {
                Some(element) => {
                    open.push(element.children.iter());
                    deepest = deepest.max(open.len());
                }
                None => {
                    open.pop();
                }
            }
        }
        deepest
    }

    /// The element with an attribute set.
    pub fn with_attr(mut self, name: impl IntoName, value: impl Into<Box<str>>) -> Self {
        self.set_attr(name, value);
        self
    }

    /// The element with one more child, after those it has.
    pub fn with_child(mut self, child: impl Into<Arc<Element>>) -> Self {
        self.children.push(child.into());
        self
    }

    /// The element with more children, after those it has.
    pub fn with_children<C: Into<Arc<Element>>>(
        mut self,
        children: impl IntoIterator<Item = C>,
    ) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }

    /// The element with its text replaced.
    pub fn with_text(mut self, text: &str) -> Self {
        self.set_text(text);
        self
    }

    /// Sets an attribute: in place when the element has it, else as the last one.
    pub fn set_attr(&mut self, name: impl IntoName, value: impl Into<Box<str>>) {
        match self.attrs.iter_mut().find(|(n, _)| **n == *name.as_ref()) {
            Some(slot) => slot.1 = value.into(),
            None => self.attrs.push((name.into_name(), value.into())),
        }
    }

    /// Removes an attribute and returns the value it had.
    pub fn remove_attr(&mut self, name: &str) -> Option<Box<str>> {
        let index = self.attrs.iter().position(|(n, _)| **n == *name)?;
        Some(self.attrs.remove(index).1)
    }

    /// Takes over all attributes of another element, in its order.
    pub fn copy_attrs(&mut self, from: &Element) {
        self.attrs.clone_from(&from.attrs);
    }

    /// Replaces the text; empty text is no text.
    pub fn set_text(&mut self, text: &str) {
        self.text = (!text.is_empty()).then(|| text.into());
    }

    /// The children, to edit. `Arc::make_mut` on one of them gives it for editing in turn.
    pub fn children_mut(&mut self) -> &mut Vec<Arc<Element>> {
        &mut self.children
    }

    /// Appends a child.
    pub fn push_child(&mut self, child: impl Into<Arc<Element>>) {
        self.children.push(child.into());
    }

    /// Inserts a child at a position, or last when the position is beyond the end.
    pub fn insert_child(&mut self, index: usize, child: impl Into<Arc<Element>>) {
        let index = index.min(self.children.len());
        self.children.insert(index, child.into());
    }

    /// Removes the child at a position, if there is one, and returns it.
    pub fn remove_child(&mut self, index: usize) -> Option<Arc<Element>> {
        (index < self.children.len()).then(|| self.children.remove(index))
    }

    /// An element of these parts; names of attributes must be different.
    pub(crate) fn from_parts(
        name: Name,
        attrs: Vec<(Name, Box<str>)>,
        children: Vec<Arc<Element>>,
        text: &str,
    ) -> Self {
        Self {
            name,
            attrs,
            children,
            text: (!text.is_empty()).then(|| text.into()),
        }
    }
}
