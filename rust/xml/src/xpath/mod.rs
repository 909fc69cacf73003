//! The part of XPath 1.0 that CIB clients use, to find elements.
//!
//! There are: absolute and relative location paths, `//`, `.`, `..`, `*`, `@name`, the named axes except
//! `following`, `preceding` and `namespace`; predicates with `and`, `or`, comparisons, `+`, `-` and positions;
//! unions with `|`; and the functions `not`, `true`, `false`, `count`, `position`, `last`, `contains`,
//! `starts-with`, `concat`, `string`, `string-length`, `normalize-space`, `number`, `boolean`, `name`,
//! `local-name`. Not there: variables, comments and processing instructions, multiplication and division.

mod eval;
mod parse;

use std::fmt;
use std::sync::Arc;

use pcmk_base::Budget;

use crate::Element;

/// Steps of one evaluation: elements looked at, counted by how deep they are, parts of the expression evaluated, and
/// values compared. Nested searches multiply; this bounds what they can cost.
const MAX_VISITS: u64 = 20_000_000;

/// An expression that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct XPath {
    expr: Expr,
}

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XPathError {
    /// What is wrong, with the place in the expression where there is one.
    pub reason: String,
}

impl fmt::Display for XPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for XPathError {}

impl XPath {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`XPathError`] for what is no XPath or uses a part that is not there.
    pub fn parse(text: &str) -> Result<XPath, XPathError> {
        Ok(XPath {
            expr: parse::parse(text)?,
        })
    }

    /// The paths of all elements that the expression selects, in document order. An attribute stands for
    /// its element, the document for its root element. Relative paths start at the root element's parent, as do absolute ones.
    ///
    /// # Errors
    /// [`XPathError`] for an expression that selects nothing but computes a value, and for one that is too
    /// expensive.
    pub fn select(&self, root: &Arc<Element>) -> Result<Vec<Vec<usize>>, XPathError> {
        self.select_within(root, &mut Budget::new(MAX_VISITS))
    }

    /// Like [`XPath::select`], with a budget of steps.
    ///
    /// # Errors
    /// [`XPathError`] as there.
    pub fn select_within(
        &self,
        root: &Arc<Element>,
        visits: &mut Budget,
    ) -> Result<Vec<Vec<usize>>, XPathError> {
        eval::select(&self.expr, root, visits)
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Expr {
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// What is added to the first, or taken from it.
    Sum(Box<Expr>, Vec<(Sign, Expr)>),
    Union(Vec<Expr>),
    /// A set, filtered by predicates, and steps from what is left.
    Filter(Box<Expr>, Vec<Expr>, Vec<Step>),
    Path {
        absolute: bool,
        steps: Vec<Step>,
    },
    Literal(String),
    Number(f64),
    Call(Function, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
struct Step {
    axis: Axis,
    test: Test,
    predicates: Vec<Expr>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Itself,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Attribute,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// `node()`: also the document itself.
    Node,
    /// `*`
    Any,
    Name(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Function {
    Not,
    True,
    False,
    Count,
    Position,
    Last,
    Contains,
    StartsWith,
    Concat,
    String,
    StringLength,
    NormalizeSpace,
    Number,
    Boolean,
    Name,
}
