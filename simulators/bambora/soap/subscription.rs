//! `subscription.asmx` as a table. No copy of its WSDL is public: names and order are those of recorded traffic and of
//! public clients; which elements may be left out follows from the document's PHP examples and from how .NET writes
//! such services, and is assumed beyond that. `createsubscription`, which takes card data and whose shape nobody has
//! shown, is not imitated.

use crate::kit::soap::{Element, Method, Service, Type, optional, required};

use super::types::{
    AMOUNT, CURRENCY, EPAY, GROUP, LANGUAGE, MERCHANT, ORDER, PWD, SUBSCRIPTION, SUBSCRIPTION_ID,
    TRANSACTION_ID,
};

const FRAUD: Element = required("fraud", Type::Int);
const PBS: Element = required("pbsresponse", Type::Int);
/// Spelt otherwise than in `payment.asmx`.
const EPAY_TEXT: Element = optional("epayResponseString", Type::Text);
const PBS_TEXT: Element = optional("pbsResponseString", Type::Text);
const LIST: Element = optional("subscriptionAry", Type::List(&SUBSCRIPTION));

const fn result(name: &'static str) -> Element {
    required(name, Type::Boolean)
}

pub(super) static SUBSCRIPTIONS: Service = Service {
    name: "Subscription",
    namespace: "https://ssl.ditonlinebetalingssystem.dk/remote/subscription",
    methods: &[
        Method {
            name: "authorize",
            does: "Authorizes a payment with the card of a subscription, and captures it if that is asked for.",
            request: &[
                MERCHANT,
                SUBSCRIPTION_ID,
                ORDER,
                AMOUNT,
                CURRENCY,
                required("instantcapture", Type::Int),
                GROUP,
                optional("description", Type::Text),
                optional("email", Type::Text),
                optional("sms", Type::Text),
                optional("ipaddress", Type::Text),
                PWD,
                FRAUD,
                TRANSACTION_ID,
                PBS,
                EPAY,
            ],
            response: &[result("authorizeResult"), FRAUD, TRANSACTION_ID, PBS, EPAY],
        },
        Method {
            name: "deletesubscription",
            does: "Deletes a subscription, and all that is kept of its card.",
            request: &[MERCHANT, SUBSCRIPTION_ID, PWD, EPAY],
            response: &[result("deletesubscriptionResult"), EPAY],
        },
        Method {
            name: "getsubscriptions",
            does: "A subscription, or all where the number is 0, with the transactions of each.",
            request: &[MERCHANT, SUBSCRIPTION_ID, PWD, LIST, EPAY],
            response: &[result("getsubscriptionsResult"), LIST, EPAY],
        },
        Method {
            name: "getEpayError",
            does: "The text of one of ePay's own codes, in a language.",
            request: &[MERCHANT, LANGUAGE, required("epayresponsecode", Type::Int), PWD, EPAY_TEXT, EPAY],
            response: &[result("getEpayErrorResult"), EPAY_TEXT, EPAY],
        },
        Method {
            name: "getPbsError",
            does: "The text of a response of Nets (PBS), in a language.",
            request: &[MERCHANT, LANGUAGE, required("pbsResponseCode", Type::Int), PWD, PBS_TEXT, EPAY],
            response: &[result("getPbsErrorResult"), PBS_TEXT, EPAY],
        },
    ],
    http: false,
    any_case: false,
};
