<?php

function seen(array $answer, int $now): array|string
{
    return claimsOf($answer['token'], $now);
}
