        // @id@: @does@
        //
@fields@
        '@id@' => function (array $request): array {
            throw new Unsupported(NOT_YET);
        },
