//! The element: what it holds, how it is read, built and edited.
//!
//! Comments stand beside the children and not among them: whoever walks a tree sees elements alone, and only what writes,
//! compares and patches documents asks for [`Element::nodes`].

use std::sync::Arc;

use crate::attributes::{Attributes, Gathered};
use crate::fingerprint;
use crate::identity::{self, NO_ID, number};
use crate::kept::Kept;
use crate::name::{IntoName, Name};

/// One element of a tree.
///
/// An element inside an `Arc` is a value: nobody can change it under a holder. The editing methods take
/// `&mut self` and are for elements being built, or reached through [`Arc::make_mut`], which copies an
/// element (not its children) when somebody else also holds it.
#[derive(Clone, Debug)]
pub struct Element {
    name: Name,
    attrs: Attributes,
    children: Vec<Arc<Element>>,
    rare: Option<Box<Rare>>,
    id_number: u32,
    ids_below: Kept,
    fingerprint: Kept,
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.id_number == other.id_number
            && self.name == other.name
            && self.attrs == other.attrs
            && self.rare == other.rare
            && self.children == other.children
    }
}

impl Eq for Element {}

/// What few elements have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rare {
    text: Box<str>,
    /// Each with the number of children before it, in document order.
    comments: Vec<(usize, Arc<str>)>,
}

/// What stands in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A child.
    Element(Arc<Element>),
    /// A comment: what is between `<!--` and `-->`.
    Comment(Arc<str>),
}

impl Element {
    /// An element with neither attributes nor children.
    pub fn new(name: impl IntoName) -> Self {
        Self {
            name: name.into_name(),
            attrs: Attributes::default(),
            children: Vec::new(),
            rare: None,
            id_number: NO_ID,
            ids_below: Kept::default(),
            fingerprint: Kept::default(),
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
        self.attrs.get(name)
    }

    /// The value of the attribute at a place in document order.
    #[inline]
    pub fn attr_at(&self, index: usize) -> Option<&str> {
        self.attrs.value(index)
    }

    /// The `id` attribute.
    #[inline]
    pub fn id(&self) -> Option<&str> {
        self.attr("id")
    }

    #[inline]
    pub(crate) fn id_number(&self) -> u32 {
        self.id_number
    }

    #[inline]
    pub(crate) fn ids_below(&self) -> u64 {
        self.ids_below.get(|| identity::ids_below(&self.children))
    }

    /// A number for all that the element and what is below it consist of: the same wherever and whenever it is computed,
    /// and different for different content but by a chance of one in 2^64. It is kept: after an edit of a tree only the
    /// elements on the way to the change are counted anew.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint_with(&mut Vec::new())
    }

    pub(crate) fn fingerprint_with(&self, scratch: &mut Vec<u8>) -> u64 {
        self.fingerprint.get(|| fingerprint::of(self, scratch))
    }

    /// Names and values of all attributes, in document order.
    #[inline]
    pub fn attrs(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.attrs.iter()
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
        self.rare.as_ref().map_or("", |rare| &rare.text)
    }

    /// The comments directly inside the element, in document order, each with the number of children before it.
    #[inline]
    pub fn comments(&self) -> &[(usize, Arc<str>)] {
        self.rare.as_ref().map_or(&[], |rare| &rare.comments)
    }

    /// Children and comments, in document order.
    pub fn nodes(&self) -> Vec<Node> {
        let mut comments = self.comments().iter().peekable();
        let mut nodes = Vec::with_capacity(self.children.len() + comments.len());
        for index in 0..=self.children.len() {
            while let Some((_, text)) = comments.next_if(|(before, _)| *before <= index) {
                nodes.push(Node::Comment(Arc::clone(text)));
            }
            let child = self.children.get(index);
            nodes.extend(child.map(|child| Node::Element(Arc::clone(child))));
        }
        nodes
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
    pub fn with_attr(mut self, name: impl IntoName, value: impl AsRef<str>) -> Self {
        self.set_attr(name, value);
        self
    }

    /// The element with these attributes in place of those it has; their names must be different.
    pub fn with_attrs<N: IntoName, V: AsRef<str>>(
        mut self,
        attrs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let mut gathered = Gathered::default();
        for (name, value) in attrs {
            gathered.push(name.into_name(), value.as_ref());
        }
        *self.edit_attrs() = gathered.attributes();
        self.count_id();
        self
    }

    /// The element with one more child, after those it has.
    pub fn with_child(mut self, child: impl Into<Arc<Element>>) -> Self {
        self.push_child(child);
        self
    }

    /// The element with more children, after those it has.
    pub fn with_children<C: Into<Arc<Element>>>(
        mut self,
        children: impl IntoIterator<Item = C>,
    ) -> Self {
        self.edit_children()
            .extend(children.into_iter().map(Into::into));
        self
    }

    /// The element with its text replaced.
    pub fn with_text(mut self, text: &str) -> Self {
        self.set_text(text);
        self
    }

    /// Sets an attribute: in place when the element has it, else as the last one.
    pub fn set_attr(&mut self, name: impl IntoName, value: impl AsRef<str>) {
        let is_id = name.as_ref() == "id";
        self.edit_attrs().set(name, value.as_ref());
        if is_id {
            self.count_id();
        }
    }

    /// Sets several attributes, each as [`Element::set_attr`] would; their names must be different.
    pub fn set_attrs<V: AsRef<str>>(&mut self, attrs: &[(&str, V)]) {
        let mut gathered = Gathered::default();
        let given = |name: &str| attrs.iter().find(|(given, _)| *given == name);
        for (name, value) in self.attrs() {
            let value = given(name).map_or(value, |(_, value)| value.as_ref());
            gathered.push(name.into_name(), value);
        }
        for (name, value) in attrs.iter().filter(|(name, _)| self.attr(name).is_none()) {
            gathered.push(name.into_name(), value.as_ref());
        }
        *self.edit_attrs() = gathered.attributes();
        self.count_id();
    }

    /// Removes an attribute and returns the value it had.
    pub fn remove_attr(&mut self, name: &str) -> Option<Box<str>> {
        let value = self.edit_attrs().remove(name)?;
        if name == "id" {
            self.count_id();
        }
        Some(value)
    }

    /// Takes over all attributes of another element, in its order.
    pub fn copy_attrs(&mut self, from: &Element) {
        *self.edit_attrs() = from.attrs.clone();
        self.id_number = from.id_number;
    }

    /// The element under another name.
    pub fn renamed(mut self, name: impl IntoName) -> Self {
        self.name = name.into_name();
        self.fingerprint.forget();
        self
    }

    /// Replaces the text; empty text is no text.
    pub fn set_text(&mut self, text: &str) {
        self.set_rare(text.into(), self.comments().to_vec());
    }

    /// Appends a comment.
    pub fn push_comment(&mut self, text: impl Into<Arc<str>>) {
        let comment = (self.children.len(), text.into());
        self.edit_rare()
            .get_or_insert_default()
            .comments
            .push(comment);
    }

    /// Replaces children and comments.
    pub fn set_nodes(&mut self, nodes: impl IntoIterator<Item = Node>) {
        let mut comments = Vec::new();
        let children = self.edit_children();
        children.clear();
        for node in nodes {
            match node {
                Node::Element(child) => children.push(child),
                Node::Comment(text) => comments.push((children.len(), text)),
            }
        }
        self.set_rare(self.text().into(), comments);
    }

    fn set_rare(&mut self, text: Box<str>, comments: Vec<(usize, Arc<str>)>) {
        let is_empty = text.is_empty() && comments.is_empty();
        *self.edit_rare() = (!is_empty).then(|| Box::new(Rare { text, comments }));
    }

    /// The children, to edit each. `Arc::make_mut` on one of them gives it for editing in turn.
    pub fn children_mut(&mut self) -> &mut [Arc<Element>] {
        self.edit_children()
    }

    /// Replaces the children. A comment keeps the number of children before it, as far as there are as many.
    pub fn set_children(&mut self, children: Vec<Arc<Element>>) {
        *self.edit_children() = children;
        let last = self.children.len();
        self.move_comments(|before| before.min(last));
    }

    /// Appends a child.
    pub fn push_child(&mut self, child: impl Into<Arc<Element>>) {
        self.edit_children().push(child.into());
    }

    /// Inserts a child right before the one at a position, or last when the position is beyond the end.
    pub fn insert_child(&mut self, index: usize, child: impl Into<Arc<Element>>) {
        let index = index.min(self.children.len());
        self.edit_children().insert(index, child.into());
        self.move_comments(|before| before + usize::from(before > index));
    }

    /// Removes the child at a position, if there is one, and returns it.
    pub fn remove_child(&mut self, index: usize) -> Option<Arc<Element>> {
        let removed = (index < self.children.len()).then(|| self.edit_children().remove(index))?;
        self.move_comments(|before| before - usize::from(before > index));
        Some(removed)
    }

    /// Removes the children that something does not hold for.
    pub fn retain_children(&mut self, mut holds: impl FnMut(&Element) -> bool) {
        let mut nodes = self.nodes();
        nodes.retain(|node| match node {
            Node::Element(child) => holds(child),
            Node::Comment(_) => true,
        });
        self.set_nodes(nodes);
    }

    fn edit_attrs(&mut self) -> &mut Attributes {
        self.fingerprint.forget();
        &mut self.attrs
    }

    fn edit_children(&mut self) -> &mut Vec<Arc<Element>> {
        self.ids_below.forget();
        self.fingerprint.forget();
        &mut self.children
    }

    fn edit_rare(&mut self) -> &mut Option<Box<Rare>> {
        self.fingerprint.forget();
        &mut self.rare
    }

    fn count_id(&mut self) {
        self.id_number = self.id().map_or(NO_ID, number);
    }

    fn move_comments(&mut self, place: impl Fn(usize) -> usize) {
        let rare = self.edit_rare().iter_mut();
        let comments = rare.flat_map(|rare| &mut rare.comments);
        comments.for_each(|(before, _)| *before = place(*before));
    }

    /// An element of these parts.
    pub(crate) fn from_parts(
        name: Name,
        attrs: Attributes,
        children: Vec<Arc<Element>>,
        text: &str,
        comments: Vec<(usize, Arc<str>)>,
    ) -> Self {
        let mut element = Self {
            name,
            attrs,
            children,
            rare: None,
            id_number: NO_ID,
            ids_below: Kept::default(),
            fingerprint: Kept::default(),
        };
        element.count_id();
        element.set_rare(text.into(), comments);
        element
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Element {
        let text = "<a><!--0--><b/><!--1--><c/><!--2--></a>";
        Element::clone(&crate::parse_str(text).unwrap())
    }

    #[test]
    fn several_attributes_are_set_as_one_after_the_other() {
        let attrs = [("c", "1"), ("id", "2"), ("a", ""), ("d", "3")];
        for text in ["<e/>", r#"<e id="x"/>"#, r#"<e a="8" b="9" c="7" id=""/>"#] {
            let at_once = |mut element: Element| {
                element.set_attrs(&attrs);
                element
            };
            let before = Element::clone(&crate::parse_str(text).unwrap());
            let one_by_one = attrs
                .into_iter()
                .fold(before.clone(), |element, (name, value)| {
                    element.with_attr(name, value)
                });
            assert_eq!(at_once(before), one_by_one);
        }
    }

    #[test]
    fn comments_stay_beside_their_neighbours() {
        let mut edited = document();
        edited.insert_child(1, Element::new("n"));
        edited.insert_child(9, Element::new("m"));
        assert_eq!(
            crate::write(&edited),
            "<a><!--0--><b/><!--1--><n/><c/><!--2--><m/></a>"
        );
        edited.remove_child(1);
        edited.remove_child(2);
        assert_eq!(edited, document());
        edited.remove_child(0);
        assert_eq!(crate::write(&edited), "<a><!--0--><!--1--><c/><!--2--></a>");
        edited.set_children(Vec::new());
        assert_eq!(crate::write(&edited), "<a><!--0--><!--1--><!--2--></a>");
    }

    #[test]
    fn nodes_are_children_and_comments_in_their_order() {
        let mut copy = Element::new("a");
        copy.set_nodes(document().nodes());
        assert_eq!(copy, document());
        copy.retain_children(|child| child.name() == "c");
        assert_eq!(crate::write(&copy), "<a><!--0--><!--1--><c/><!--2--></a>");
        copy.set_nodes([]);
        assert_eq!(copy, Element::new("a"));
    }
}
