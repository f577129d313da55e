<?php

/** An answer may be spelt in several ways: what counts is what it comes to at its time. */
function isSame(array $reply, array $other): bool
{
    if (!isset($reply['answer'], $other['answer'])) {
        return isset($reply['rejected'], $other['rejected']);
    }
    // An adapter that reads the clock is asked later.
    $asked = $GLOBALS['asked'] ?? MESSAGE['now'];
    return seen($reply['answer'], $asked) === seen($other['answer'], MESSAGE['now']);
}
