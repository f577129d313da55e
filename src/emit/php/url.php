<?php

/** Greets the adapter, and puts the request to it. */
function ask(array $message): array
{
    $put = function (array $request): array {
        $post = ['method' => 'POST', 'header' => 'content-type: application/json', 'timeout' => 15];
        $context = stream_context_create(['http' => $post + ['content' => json_encode($request)]]);
        $reply = file_get_contents(ADDRESS, false, $context);
        if ($reply === false) {
            throw new RuntimeException('the adapter did not answer');
        }
        return json_decode($reply, true, flags: JSON_THROW_ON_ERROR);
    };
    $hello = $put(['id' => 0, 'op' => 'hello', 'protocol' => 1])['answer'];
    #clock#
    return $put(['id' => 1, 'op' => OPERATION] + $message);
}
