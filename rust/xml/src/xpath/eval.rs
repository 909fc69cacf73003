//! Expressions evaluated on a tree.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::sync::Arc;

use pcmk_base::Budget;

use super::{Axis, Comparison, Expr, Function, Sign, Step, Test, XPathError};
use crate::Element;

type Result<T> = std::result::Result<T, XPathError>;

pub(super) fn select(
    expr: &Expr,
    root: &Arc<Element>,
    visits: &mut Budget,
) -> Result<Vec<Vec<usize>>> {
    let evaluation = Evaluation {
        root,
        visits: RefCell::new(visits),
    };
    let document = Context {
        node: &Node::default(),
        position: 1,
        last: 1,
    };
    let Value::Nodes(nodes) = evaluation.expr(expr, document)? else {
        return Err(fail("the expression selects no elements"));
    };
    let mut paths: Vec<Vec<usize>> = nodes
        .into_iter()
        .map(|node| node.chain.iter().skip(1).map(|(index, _)| *index).collect())
        .collect();
    paths.dedup();
    Ok(paths)
}

/// An element with all that it is in, or an attribute of it. The document has no element.
#[derive(Clone, Default)]
struct Node<'a> {
    /// From the root element down: the index among the siblings, and the element.
    chain: Vec<(usize, &'a Arc<Element>)>,
    attribute: Option<usize>,
}

impl<'a> Node<'a> {
    fn element(&self) -> Option<&'a Arc<Element>> {
        self.chain.last().map(|(_, element)| *element)
    }

    fn attribute_entry(&self) -> Option<(&'a str, &'a str)> {
        self.element()?.attrs().nth(self.attribute?)
    }

    fn child(&self, index: usize, element: &'a Arc<Element>) -> Node<'a> {
        let mut chain = Vec::with_capacity(self.chain.len() + 1);
        chain.extend_from_slice(&self.chain);
        chain.push((index, element));
        Node {
            chain,
            attribute: None,
        }
    }

    /// Compares by place in the document: an element comes before what is in it.
    fn order(&self, other: &Node<'_>) -> Ordering {
        let indexes = self.chain.iter().map(|(index, _)| index);
        indexes
            .cmp(other.chain.iter().map(|(index, _)| index))
            .then(self.attribute.cmp(&other.attribute))
    }
}

enum Value<'a> {
    Nodes(Vec<Node<'a>>),
    Text(String),
    Number(f64),
    Bool(bool),
}

impl Value<'_> {
    fn to_bool(&self) -> bool {
        match self {
            Value::Nodes(nodes) => !nodes.is_empty(),
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Bool(value) => *value,
        }
    }
}

fn text_to_number(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
    match text.chars().all(plain) {
        true => text.parse().unwrap_or(f64::NAN),
        false => f64::NAN,
    }
}

#[derive(Clone, Copy)]
struct Context<'c, 'a> {
    node: &'c Node<'a>,
    position: usize,
    last: usize,
}

struct Evaluation<'a> {
    root: &'a Arc<Element>,
    visits: RefCell<&'a mut Budget>,
}

impl<'a> Evaluation<'a> {
    fn expr(&self, expr: &Expr, context: Context<'_, 'a>) -> Result<Value<'a>> {
        self.spend(1)?;
        Ok(match expr {
            Expr::Or(parts) => Value::Bool(self.some_part_is(true, parts, context)?),
            Expr::And(parts) => Value::Bool(!self.some_part_is(false, parts, context)?),
            Expr::Compare(comparison, left, right) => {
                let (left, right) = (self.expr(left, context)?, self.expr(right, context)?);
                Value::Bool(self.compare(*comparison, &left, &right)?)
            }
            Expr::Sum(first, others) => {
                let mut sum = self.number(first, context)?;
                for (sign, other) in others {
                    let other = self.number(other, context)?;
                    match sign {
                        Sign::Plus => sum += other,
                        Sign::Minus => sum -= other,
                    }
                }
                Value::Number(sum)
            }
            Expr::Union(parts) => {
                let mut nodes = Vec::new();
                for part in parts {
                    nodes.append(&mut self.nodes(part, context)?);
                }
                Value::Nodes(in_document_order(nodes))
            }
            Expr::Filter(set, predicates, steps) => {
                let mut nodes = self.nodes(set, context)?;
                for predicate in predicates {
                    nodes = self.filter(nodes, predicate)?;
                }
                Value::Nodes(self.walk(nodes, steps)?)
            }
            Expr::Path { absolute, steps } => {
                let start = match absolute {
                    true => Node::default(),
                    false => context.node.clone(),
                };
                Value::Nodes(self.walk(vec![start], steps)?)
            }
            Expr::Literal(text) => Value::Text(text.clone()),
            Expr::Number(number) => Value::Number(*number),
            Expr::Call(function, arguments) => self.call(*function, arguments, context)?,
        })
    }

    /// Whether a part has this truth; what comes after it is not evaluated.
    fn some_part_is(&self, is: bool, parts: &[Expr], context: Context<'_, 'a>) -> Result<bool> {
        for part in parts {
            if self.expr(part, context)?.to_bool() == is {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn number(&self, expr: &Expr, context: Context<'_, 'a>) -> Result<f64> {
        let value = self.expr(expr, context)?;
        self.to_number(&value)
    }

    fn nodes(&self, expr: &Expr, context: Context<'_, 'a>) -> Result<Vec<Node<'a>>> {
        match self.expr(expr, context)? {
            Value::Nodes(nodes) => Ok(nodes),
            _ => Err(fail("a set of elements is needed where a value is given")),
        }
    }

    fn walk(&self, start: Vec<Node<'a>>, steps: &[Step]) -> Result<Vec<Node<'a>>> {
        let mut nodes = start;
        let mut steps = steps.iter().peekable();
        while let Some(step) = steps.next() {
            let mut found = Vec::new();
            let plain = step.axis == Axis::DescendantOrSelf
                && step.test == Test::Node
                && step.predicates.is_empty();
            match steps.next_if(|next| plain && next.axis == Axis::Child) {
                // `//name`: only what fits is ever put in a set, not everything on the way.
                Some(child) => {
                    for node in &mut nodes {
                        self.children_anywhere_below(node, child, &mut found)?;
                    }
                }
                None => {
                    for node in &nodes {
                        let candidates = self.axis(node, step)?;
                        found.append(&mut self.filter_all(candidates, &step.predicates)?);
                    }
                }
            }
            nodes = in_document_order(found);
        }
        Ok(nodes)
    }

    /// The node is on its way through all elements below it, and back where it was in the end.
    fn children_anywhere_below(
        &self,
        node: &mut Node<'a>,
        step: &Step,
        found: &mut Vec<Node<'a>>,
    ) -> Result<()> {
        let candidates = self.axis(node, step)?;
        if !candidates.is_empty() {
            found.append(&mut self.filter_all(candidates, &step.predicates)?);
        }
        for (index, child) in self.children(node) {
            if !child.children().is_empty() {
                node.chain.push((index, child));
                let done = self.children_anywhere_below(node, step, found);
                node.chain.pop();
                done?;
            }
        }
        Ok(())
    }

    fn children(
        &self,
        node: &Node<'a>,
    ) -> impl Iterator<Item = (usize, &'a Arc<Element>)> + use<'a> {
        let children = match node.element() {
            _ if node.attribute.is_some() => &[],
            Some(element) => element.children(),
            None => std::slice::from_ref(self.root),
        };
        children.iter().enumerate()
    }

    /// What is on the axis and passes the test, nearest first.
    fn axis(&self, node: &Node<'a>, step: &Step) -> Result<Vec<Node<'a>>> {
        let fits = |element: &Element| match &step.test {
            Test::Node | Test::Any => true,
            Test::Name(name) => element.name() == name,
        };
        let fits_node = |node: &Node<'a>| match (node.attribute_entry(), node.element()) {
            (Some(_), _) | (None, None) => step.test == Test::Node,
            (None, Some(element)) => fits(element),
        };
        let mut found = Vec::new();
        match step.axis {
            Axis::Child => {
                for (index, child) in self.children(node) {
                    self.visit(node)?;
                    if fits(child) {
                        found.push(node.child(index, child));
                    }
                }
            }
            Axis::Descendant | Axis::DescendantOrSelf => {
                if step.axis == Axis::DescendantOrSelf && fits_node(node) {
                    found.push(node.clone());
                }
                self.descendants(node, &fits, &mut found)?;
            }
            Axis::Itself => found.extend(Some(node).filter(|node| fits_node(node)).cloned()),
            Axis::Parent => found.extend(parent(node).filter(fits_node)),
            Axis::Ancestor | Axis::AncestorOrSelf => {
                let mut next = match step.axis {
                    Axis::Ancestor => parent(node),
                    _ => Some(node.clone()),
                };
                while let Some(node) = next {
                    self.visit(&node)?;
                    next = parent(&node);
                    found.extend(Some(node).filter(fits_node));
                }
            }
            Axis::FollowingSibling | Axis::PrecedingSibling => {
                let Some(parent) = parent(node).filter(|_| node.attribute.is_none()) else {
                    return Ok(found);
                };
                let own = node.chain.last().map_or(0, |(index, _)| *index);
                for (index, sibling) in self.children(&parent) {
                    self.visit(&parent)?;
                    let wanted = match step.axis {
                        Axis::FollowingSibling => index > own,
                        _ => index < own,
                    };
                    if wanted && fits(sibling) {
                        found.push(parent.child(index, sibling));
                    }
                }
                if step.axis == Axis::PrecedingSibling {
                    found.reverse();
                }
            }
            Axis::Attribute => {
                let Some(element) = node.element().filter(|_| node.attribute.is_none()) else {
                    return Ok(found);
                };
                for (index, (name, _)) in element.attrs().enumerate() {
                    self.visit(node)?;
                    if matches!(&step.test, Test::Name(wanted) if wanted != name) {
                        continue;
                    }
                    found.push(Node {
                        chain: node.chain.clone(),
                        attribute: Some(index),
                    });
                }
            }
        }
        Ok(found)
    }

    fn descendants(
        &self,
        node: &Node<'a>,
        fits: &impl Fn(&Element) -> bool,
        found: &mut Vec<Node<'a>>,
    ) -> Result<()> {
        for (index, child) in self.children(node) {
            self.visit(node)?;
            let child = node.child(index, child);
            if child.element().is_some_and(|element| fits(element)) {
                found.push(child.clone());
            }
            self.descendants(&child, fits, found)?;
        }
        Ok(())
    }

    fn filter_all(&self, nodes: Vec<Node<'a>>, predicates: &[Expr]) -> Result<Vec<Node<'a>>> {
        predicates
            .iter()
            .try_fold(nodes, |nodes, predicate| self.filter(nodes, predicate))
    }

    /// Keeps the nodes for which the predicate holds, or, if it is a number, the one at that position.
    fn filter(&self, nodes: Vec<Node<'a>>, predicate: &Expr) -> Result<Vec<Node<'a>>> {
        if let Some((name, value)) = attribute_test(predicate) {
            return self.filter_by_attribute(nodes, name, value);
        }
        let last = nodes.len();
        let mut kept = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            self.visit(&node)?;
            let position = index + 1;
            let context = Context {
                node: &node,
                position,
                last,
            };
            let holds = match self.expr(predicate, context)? {
                Value::Number(number) => number == position as f64,
                value => value.to_bool(),
            };
            if holds {
                kept.push(node);
            }
        }
        Ok(kept)
    }

    /// Keeps the elements that have an attribute, with that value if one is given.
    fn filter_by_attribute(
        &self,
        mut nodes: Vec<Node<'a>>,
        name: &str,
        value: Option<&str>,
    ) -> Result<Vec<Node<'a>>> {
        for node in &nodes {
            self.visit(node)?;
        }
        nodes.retain(|node| {
            let element = node.element().filter(|_| node.attribute.is_none());
            let has = element.and_then(|element| element.attr(name));
            has.is_some_and(|has| value.is_none_or(|value| has == value))
        });
        Ok(nodes)
    }

    fn call(
        &self,
        function: Function,
        arguments: &[Expr],
        context: Context<'_, 'a>,
    ) -> Result<Value<'a>> {
        let argument = |index: usize| match arguments.get(index) {
            Some(argument) => self.expr(argument, context),
            None => Ok(Value::Nodes(vec![context.node.clone()])),
        };
        let text = |index: usize| self.to_text(&argument(index)?);
        Ok(match function {
            Function::Not => Value::Bool(!argument(0)?.to_bool()),
            Function::True => Value::Bool(true),
            Function::False => Value::Bool(false),
            Function::Count => Value::Number(self.nodes(&arguments[0], context)?.len() as f64),
            Function::Position => Value::Number(context.position as f64),
            Function::Last => Value::Number(context.last as f64),
            Function::Contains => Value::Bool(text(0)?.contains(&text(1)?)),
            Function::StartsWith => Value::Bool(text(0)?.starts_with(&text(1)?)),
            Function::Concat => {
                Value::Text((0..arguments.len()).map(text).collect::<Result<String>>()?)
            }
            Function::String => Value::Text(text(0)?),
            Function::StringLength => Value::Number(text(0)?.chars().count() as f64),
            Function::NormalizeSpace => Value::Text(
                text(0)?
                    .split_ascii_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            Function::Number => Value::Number(self.to_number(&argument(0)?)?),
            Function::Boolean => Value::Bool(argument(0)?.to_bool()),
            Function::Name => {
                let nodes = match argument(0)? {
                    Value::Nodes(nodes) => nodes,
                    _ => return Err(fail("only an element has a name")),
                };
                let name = nodes.first().and_then(|node| match node.attribute_entry() {
                    Some((name, _)) => Some(name),
                    None => node.element().map(|element| element.name()),
                });
                Value::Text(name.unwrap_or_default().to_owned())
            }
        })
    }

    /// The text of an attribute, or of an element with all in it.
    fn text(&self, node: &Node<'a>) -> Result<String> {
        if let Some((_, value)) = node.attribute_entry() {
            return Ok(value.to_owned());
        }
        let Some(element) = node.element() else {
            return Ok(String::new());
        };
        let mut text = element.text().to_owned();
        for below in element.descendants() {
            self.spend(1)?;
            text.push_str(below.text());
        }
        Ok(text)
    }

    fn to_text(&self, value: &Value<'a>) -> Result<String> {
        Ok(match value {
            Value::Nodes(nodes) => match nodes.first() {
                Some(node) => self.text(node)?,
                None => String::new(),
            },
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
        })
    }

    fn to_number(&self, value: &Value<'a>) -> Result<f64> {
        Ok(match value {
            Value::Number(number) => *number,
            Value::Bool(value) => f64::from(u8::from(*value)),
            other => text_to_number(&self.to_text(other)?),
        })
    }

    /// A set is compared by its members: one that fits is enough.
    fn compare(&self, comparison: Comparison, left: &Value<'a>, right: &Value<'a>) -> Result<bool> {
        self.spend(1)?;
        let is_plain = |value: &Value<'_>| matches!(value, Value::Text(_) | Value::Number(_));
        match (left, right) {
            (Value::Nodes(nodes), other) if is_plain(other) || matches!(other, Value::Nodes(_)) => {
                for node in nodes {
                    if self.compare(comparison, &Value::Text(self.text(node)?), right)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (other, Value::Nodes(nodes)) if is_plain(other) => {
                for node in nodes {
                    if self.compare(comparison, left, &Value::Text(self.text(node)?))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => match comparison {
                Comparison::Equal => self.equal(left, right),
                Comparison::Unequal => Ok(!self.equal(left, right)?),
                Comparison::Less => Ok(self.to_number(left)? < self.to_number(right)?),
                Comparison::LessOrEqual => Ok(self.to_number(left)? <= self.to_number(right)?),
                Comparison::Greater => Ok(self.to_number(left)? > self.to_number(right)?),
                Comparison::GreaterOrEqual => Ok(self.to_number(left)? >= self.to_number(right)?),
            },
        }
    }

    fn equal(&self, left: &Value<'a>, right: &Value<'a>) -> Result<bool> {
        Ok(match (left, right) {
            (Value::Bool(_), _) | (_, Value::Bool(_)) => left.to_bool() == right.to_bool(),
            (Value::Number(_), _) | (_, Value::Number(_)) => {
                self.to_number(left)? == self.to_number(right)?
            }
            _ => self.to_text(left)? == self.to_text(right)?,
        })
    }

    /// Takes steps for looking at an element this deep, which is what it costs to remember it.
    fn visit(&self, node: &Node<'a>) -> Result<()> {
        self.spend(1 + node.chain.len() as u64)
    }

    fn spend(&self, steps: u64) -> Result<()> {
        let spent = self.visits.borrow_mut().spend(steps);
        spent.map_err(|_| fail("the expression is too expensive"))
    }
}

/// The attribute that `@name` and `@name='value'` ask for, which most predicates are; these need no evaluation.
fn attribute_test(predicate: &Expr) -> Option<(&str, Option<&str>)> {
    match predicate {
        Expr::Compare(Comparison::Equal, left, right) => match (&**left, &**right) {
            (path, Expr::Literal(value)) | (Expr::Literal(value), path) => {
                Some((attribute_name(path)?, Some(value)))
            }
            _ => None,
        },
        path => Some((attribute_name(path)?, None)),
    }
}

fn attribute_name(path: &Expr) -> Option<&str> {
    let Expr::Path {
        absolute: false,
        steps,
    } = path
    else {
        return None;
    };
    match steps.as_slice() {
        [
            Step {
                axis: Axis::Attribute,
                test: Test::Name(name),
                predicates,
            },
        ] if predicates.is_empty() => Some(name),
        _ => None,
    }
}

/// The element that an element or attribute is in; the document for the root element.
fn parent<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let mut parent = node.clone();
    if parent.attribute.take().is_none() {
        parent.chain.pop()?;
    }
    Some(parent)
}

fn in_document_order(mut nodes: Vec<Node<'_>>) -> Vec<Node<'_>> {
    if !nodes.is_sorted_by(|a, b| a.order(b).is_lt()) {
        nodes.sort_by(Node::order);
        nodes.dedup_by(|a, b| a.order(b).is_eq());
    }
    nodes
}

fn fail(reason: &str) -> XPathError {
    XPathError {
        reason: reason.into(),
    }
}
