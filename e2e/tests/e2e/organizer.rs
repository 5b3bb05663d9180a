//! What an organizer does.
