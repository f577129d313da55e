//! `payment.asmx` as a table, as copies of its real WSDL have it.

use crate::kit::soap::{Element, Method, Service, Type, optional, required};

use super::types::{
    AMOUNT, CARD_TYPE, CURRENCY, EPAY, GROUP, INVOICE, LANGUAGE, MERCHANT, ORDER, PWD, TRANSACTION,
    TRANSACTION_ID, TRANSACTION_STATUS,
};

/// `capture` and `renew` spell it so; `credit` does not.
const PBS_WITH_A_CAPITAL: Element = required("pbsResponse", Type::Int);
const PBS: Element = required("pbsresponse", Type::Int);
const CARD_TYPE_ID: Element = required("cardtypeid", Type::Int);
const CARD_NAME: Element = optional("cardname", Type::Text);
const PBS_TEXT: Element = optional("pbsresponsestring", Type::Text);
const EPAY_TEXT: Element = optional("epayresponsestring", Type::Text);
const INFORMATION: Element = optional("transactionInformation", Type::Record(&TRANSACTION));
const INFORMATION_LIST: Element = optional("transactionInformationAry", Type::List(&TRANSACTION));
const ACQUIRER: Element = required("acquirer", Type::Int);
const FEE: Element = required("fee", Type::Int);
const KIND: Element = required("cardtype", Type::Choice(&CARD_TYPE));
const KIND_TEXT: Element = optional("cardtypetext", Type::Text);

const fn result(name: &'static str) -> Element {
    required(name, Type::Boolean)
}

pub(super) static PAYMENT: Service = Service {
    name: "Payment",
    namespace: "https://ssl.ditonlinebetalingssystem.dk/remote/payment",
    methods: &[
        Method {
            name: "getPbsError",
            does: "The text of a response of Nets (PBS), in a language.",
            request: &[MERCHANT, LANGUAGE, required("pbsresponsecode", Type::Int), PWD, PBS_TEXT, EPAY],
            response: &[result("getPbsErrorResult"), PBS_TEXT, EPAY],
        },
        Method {
            name: "getEpayError",
            does: "The text of one of ePay's own codes, in a language.",
            request: &[MERCHANT, LANGUAGE, required("epayresponsecode", Type::Int), PWD, EPAY_TEXT, EPAY],
            response: &[result("getEpayErrorResult"), EPAY_TEXT, EPAY],
        },
        Method {
            name: "capture",
            does: "Takes an amount of what was authorized; of a split payment a part.",
            request: &[
                MERCHANT,
                TRANSACTION_ID,
                AMOUNT,
                GROUP,
                PWD,
                INVOICE,
                ORDER,
                PBS_WITH_A_CAPITAL,
                EPAY,
            ],
            response: &[result("captureResult"), PBS_WITH_A_CAPITAL, EPAY],
        },
        Method {
            name: "move_as_captured",
            does: "Marks a payment as captured, without asking the acquirer.",
            request: &[MERCHANT, TRANSACTION_ID, GROUP, PWD, EPAY],
            response: &[result("move_as_capturedResult"), EPAY],
        },
        Method {
            name: "delete",
            does: "Releases what was authorized and is not captured.",
            request: &[MERCHANT, TRANSACTION_ID, GROUP, PWD, EPAY],
            response: &[result("deleteResult"), EPAY],
        },
        Method {
            name: "credit",
            does: "Gives an amount of what was captured back.",
            request: &[MERCHANT, TRANSACTION_ID, AMOUNT, GROUP, INVOICE, PWD, ORDER, PBS, EPAY],
            response: &[result("creditResult"), PBS, EPAY],
        },
        Method {
            name: "getcardtype",
            does: "The type of a card, by its number.",
            request: &[MERCHANT, optional("cardnumber", Type::Text), CARD_TYPE_ID, CARD_NAME, EPAY],
            response: &[result("getcardtypeResult"), CARD_TYPE_ID, CARD_NAME, EPAY],
        },
        Method {
            name: "gettransaction",
            does: "A transaction with its state, its amounts and its history.",
            request: &[MERCHANT, TRANSACTION_ID, PWD, INFORMATION, EPAY],
            response: &[result("gettransactionResult"), INFORMATION, EPAY],
        },
        Method {
            name: "gettransactionlist",
            does: "The transactions of a time, of a state, an order or a group where one is named.",
            request: &[
                MERCHANT,
                required("status", Type::Choice(&TRANSACTION_STATUS)),
                required("searchdatestart", Type::DateTime),
                required("searchdateend", Type::DateTime),
                optional("searchorderid", Type::Text),
                optional("searchgroup", Type::Text),
                PWD,
                INFORMATION_LIST,
                EPAY,
            ],
            response: &[result("gettransactionlistResult"), INFORMATION_LIST, EPAY],
        },
        Method {
            name: "getcardinfo",
            does: "What a card costs on top of an amount, by the first six digits of its number.",
            request: &[
                MERCHANT,
                optional("cardno_prefix", Type::Text),
                AMOUNT,
                CURRENCY,
                ACQUIRER,
                FEE,
                KIND,
                KIND_TEXT,
                EPAY,
            ],
            response: &[result("getcardinfoResult"), ACQUIRER, FEE, KIND, KIND_TEXT, EPAY],
        },
        Method {
            name: "renew",
            does: "Authorizes again what EWIRE authorized.",
            request: &[MERCHANT, TRANSACTION_ID, GROUP, PWD, PBS_WITH_A_CAPITAL, EPAY],
            response: &[result("renewResult"), PBS_WITH_A_CAPITAL, EPAY],
        },
        Method {
            name: "movetransactiontogroup",
            does: "Puts a transaction into another payment group.",
            request: &[MERCHANT, TRANSACTION_ID, GROUP, PWD, EPAY],
            response: &[result("movetransactiontogroupResult"), EPAY],
        },
        Method {
            name: "ping",
            does: "Answers that the service is there.",
            request: &[],
            response: &[result("pingResult")],
        },
    ],
    http: false,
    any_case: false,
};
