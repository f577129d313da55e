

@operation("@id@")
def @function@(request):
    # @does@
    #
@fields@
    raise Unsupported(NOT_YET)
