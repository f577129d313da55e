  // @id@: @does@
  //
@fields@
  '@id@'({ @names@ }) {
    throw new Unsupported(NOT_YET);
  },
