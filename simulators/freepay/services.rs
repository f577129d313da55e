//! The two web services, `management.asmx` and `subscriptionmanager.asmx`.
