//! What of a message can be put on the wire.
