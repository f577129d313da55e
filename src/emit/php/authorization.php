<?php

/** The case of the scheme does not matter, nor do blanks around the parts. */
function seen(array $answer): array
{
    [$scheme, $credentials] = explode(' ', trim($answer['authorization'], " \t"), 2) + ['', ''];
    return [strtolower($scheme), ltrim($credentials, ' '), trim($answer['accept_version'], " \t")];
}
