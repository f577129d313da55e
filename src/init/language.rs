//! The languages in which a starter is written.

use super::fields::Voice;

/// A language in which a starter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JavaScript or TypeScript, by Node.
    Node,
    /// Python.
    Python,
    /// PHP.
    Php,
    /// Rust, where the checks are tests of the shop's own.
    Rust,
}

/// What a starter in one language is made of.
#[derive(Debug)]
pub(super) struct Parts {
    /// The files that stay as they are.
    pub(super) fixed: &'static [(&'static str, &'static str)],
    /// The file to fill in.
    pub(super) path: &'static str,
    /// Its text, with `@operations@` on a line of its own.
    pub(super) file: &'static str,
    /// The text of one operation, with its `@id@`, what it `@does@`, its `@fields@`.
    pub(super) operation: &'static str,
    /// What stands between one and the next.
    pub(super) between: &'static str,
    /// How a line of a comment begins.
    pub(super) comment: &'static str,
    /// How its fields are told.
    pub(super) voice: Voice,
}

const NODE: Parts = Parts {
    fixed: &[
        ("provkassa/adapter.mjs", include_str!("../../fixtures/adapters/node/adapter.mjs")),
        ("provkassa/replies.mjs", include_str!("../../fixtures/adapters/node/replies.mjs")),
    ],
    path: "provkassa/operations.mjs",
    file: include_str!("templates/operations.mjs"),
    operation: include_str!("templates/operation.mjs"),
    between: "\n",
    comment: "  // ",
    voice: Voice::Json,
};

const PYTHON: Parts = Parts {
    fixed: &[
        ("provkassa/adapter.py", include_str!("../../fixtures/adapters/python/adapter.py")),
        ("provkassa/replies.py", include_str!("../../fixtures/adapters/python/replies.py")),
    ],
    path: "provkassa/operations.py",
    file: include_str!("templates/operations.py"),
    operation: include_str!("templates/operation.py"),
    between: "",
    comment: "    # ",
    voice: Voice::Json,
};

const PHP: Parts = Parts {
    fixed: &[
        ("provkassa/adapter.php", include_str!("../../fixtures/adapters/php/adapter.php")),
        ("provkassa/replies.php", include_str!("../../fixtures/adapters/php/replies.php")),
    ],
    path: "provkassa/operations.php",
    file: include_str!("templates/operations.php"),
    operation: include_str!("templates/operation.php"),
    between: "\n",
    comment: "        // ",
    voice: Voice::Json,
};

const RUST: Parts = Parts {
    fixed: &[],
    path: "tests/provkassa.rs",
    file: include_str!("templates/provkassa.rs"),
    operation: include_str!("templates/operation.rs"),
    between: "",
    comment: "// ",
    voice: Voice::Message,
};

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Node, Self::Python, Self::Php, Self::Rust];

    /// As it is written on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Python => "python",
            Self::Php => "php",
            Self::Rust => "rust",
        }
    }

    /// The files by which a project in it is known.
    #[must_use]
    pub fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Node => &["package.json"],
            Self::Python => &["pyproject.toml", "requirements.txt"],
            Self::Php => &["composer.json"],
            Self::Rust => &["Cargo.toml"],
        }
    }

    /// What starts its adapter; Rust has none.
    #[must_use]
    pub fn command(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Node => Some(&["node", "provkassa/adapter.mjs"]),
            Self::Python => Some(&["python3", "provkassa/adapter.py"]),
            Self::Php => Some(&["php", "provkassa/adapter.php"]),
            Self::Rust => None,
        }
    }

    /// What starts its adapter as a server.
    #[must_use]
    pub fn server(self) -> Option<&'static str> {
        match self {
            Self::Node => Some("node provkassa/adapter.mjs --http 3000"),
            Self::Python => Some("python3 provkassa/adapter.py --http 3000"),
            Self::Php => Some("php -S 127.0.0.1:3000 provkassa/adapter.php"),
            Self::Rust => None,
        }
    }

    pub(super) fn parts(self) -> &'static Parts {
        match self {
            Self::Node => &NODE,
            Self::Python => &PYTHON,
            Self::Php => &PHP,
            Self::Rust => &RUST,
        }
    }
}
