import json
import unittest


class Case(unittest.TestCase):
    def test_answer(self):
        reply = ask(MESSAGE)
        if "answer" not in reply and "rejected" not in reply:
            self.fail(f"that is no answer: {json.dumps(reply)}")
        got = json.dumps(reply, ensure_ascii=False)
        wanted = json.dumps(#NAME#, ensure_ascii=False, indent=2)
        self.assertTrue(#not#fits(reply, #NAME#), f"\nyou answered {got}\n#is# {wanted}")


if __name__ == "__main__":
    unittest.main()
