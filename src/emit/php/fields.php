<?php

/** Only what stands in the other answer counts. */
function isSame(array $reply, array $other): bool
{
    if (!isset($reply['answer'], $other['answer'])) {
        return isset($reply['rejected'], $other['rejected']);
    }
    foreach ($other['answer'] as $name => $value) {
        if (!array_key_exists($name, $reply['answer']) || $reply['answer'][$name] !== $value) {
            return false;
        }
    }
    return true;
}
