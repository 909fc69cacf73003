//! The version of a CIB.

use std::fmt;

use pcmk_xml::Element;

/// The three counters on the root element, compared from left to right.
///
/// `admin_epoch` belongs to administrators, `epoch` counts changes of the configuration, `num_updates`
/// those of the status since then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Raised by administrators, and by operations that start over.
    pub admin_epoch: u32,
    /// Raised by changes of the configuration.
    pub epoch: u32,
    /// Raised by other changes.
    pub num_updates: u32,
}

/// The attributes that hold the counters, in the order of comparison.
pub(crate) const FIELDS: [&str; 3] = ["admin_epoch", "epoch", "num_updates"];

impl Version {
    /// The version on an element. A counter that is missing, negative or no number is 0.
    pub fn of(element: &Element) -> Version {
        let [admin_epoch, epoch, num_updates] = FIELDS.map(|name| {
            element
                .attr(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
        });
        Version {
            admin_epoch,
            epoch,
            num_updates,
        }
    }

    /// The version on an element, unless a counter is missing, negative or no number.
    pub(crate) fn exact(element: &Element) -> Option<Version> {
        let [admin_epoch, epoch, num_updates] =
            FIELDS.map(|name| element.attr(name).and_then(|text| text.parse().ok()));
        Some(Version {
            admin_epoch: admin_epoch?,
            epoch: epoch?,
            num_updates: num_updates?,
        })
    }

    /// Writes the counters to an element.
    pub fn write(self, element: &mut Element) {
        for (name, value) in FIELDS.iter().zip(self.fields()) {
            element.set_attr(*name, value.to_string());
        }
    }

    pub(crate) fn fields(self) -> [u32; 3] {
        [self.admin_epoch, self.epoch, self.num_updates]
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}",
            self.admin_epoch, self.epoch, self.num_updates
        )
    }
}
