<?php

/** An answer may be spelt in several ways: what counts is what it comes to. */
function isSame(array $reply, array $other): bool
{
    if (!isset($reply['answer'], $other['answer'])) {
        return isset($reply['rejected'], $other['rejected']);
    }
    return seen($reply['answer']) === seen($other['answer']);
}
