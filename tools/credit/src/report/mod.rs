//! Reports over everything that moved: who gave to whom, how much there is of it, and how an account went.

pub mod course;
pub mod flows;
pub mod stats;
pub mod svg;
