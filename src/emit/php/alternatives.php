<?php

/** Whether the reply is one of these answers. */
function fits(array $reply, array $answers): bool
{
    return array_filter($answers, fn ($answer) => isSame($reply, $answer)) !== [];
}
