//! The two web services, `remote/payment.asmx` and `remote/subscription.asmx`.
