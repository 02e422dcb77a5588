"""Every refusal of a file of stock by name, before anything of it is stored."""

from chassis.kernel.errors import Invalid


class FileEmpty(Invalid):
    """Not even a header: a full sync with it would empty a shop."""

    code = "file_empty"
    title = "The file is empty"


class EncodingWrong(Invalid):
    """Its bytes are no text in the encoding that was named."""

    code = "encoding_wrong"
    title = "The file is not in this encoding"


class EncodingUnknown(Invalid):
    """Its bytes are no text in any encoding that we know."""

    code = "encoding_unknown"
    title = "The encoding of the file is not recognised"


class CsvMalformed(Invalid):
    """A quote that is never closed, or a line that is none."""

    code = "csv_malformed"
    title = "The file is not a well-formed table"


class TooManyColumns(Invalid):
    """No table of stock is that wide."""

    code = "too_many_columns"
    title = "The file has too many columns"


class ColumnsAmbiguous(Invalid):
    """Two headers mean the same column of ours."""

    code = "columns_ambiguous"
    title = "Two columns mean the same"


class ColumnsNotRecognised(Invalid):
    """Without a SKU nothing can be said of a row."""

    code = "columns_not_recognised"
    title = "The columns of the file are not recognised"


class ColumnUnknown(Invalid):
    """The sender named a column that we do not have."""

    code = "column_unknown"
    title = "There is no such column"


class GzipMalformed(Invalid):
    """It was cut off on its way, or is no gzip at all."""

    code = "gzip_malformed"
    title = "The gzip file is not whole"
