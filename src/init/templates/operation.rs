
// @id@: @does@
//
@fields@
#[test]
#[ignore = "it is not filled in yet"]
fn @function@() {
    conforms("@id@", |_message: &Message| not_yet());
}
