"""Every error that a user can meet: a code for scripts, a sentence for people, a remedy and an exit status.

Errors of other libraries are translated into these at one boundary (where the library is called) and nowhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

EXIT_OK = 0
EXIT_ERROR = 1
EXIT_USAGE = 2
EXIT_SOME_FAILED = 3
EXIT_NONE_SCORED = 4


class NdcUrbanError(Exception):
    """Base of all errors meant for users.

    `code` names the kind of error and stays stable over versions; `message` says what happened; `remedy` what
    to do about it; `exit_status` is what the command line returns when the error ends a command.
    """

    code: ClassVar[str] = "error"
    default_remedy: ClassVar[str] = ""
    exit_status: ClassVar[int] = EXIT_ERROR

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = self.default_remedy if remedy is None else remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ReadingError(NdcUrbanError):
    """A file that could not become a `Document`; `path` is that file, `pages` the pages concerned (1-based)."""

    code = "unreadable"

    def __init__(
        self, path: Path, message: str, *, remedy: str | None = None, pages: tuple[int, ...] = ()
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.path = path
        self.pages = pages

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.path, self.message, self.remedy, self.pages)


def _rebuild(
    kind: type[ReadingError], path: Path, message: str, remedy: str, pages: tuple[int, ...]
) -> ReadingError:
    """Rebuilds the error when it is passed between processes."""
    return kind(path, message, remedy=remedy, pages=pages)


class EmptyFile(ReadingError):
    code = "empty_file"
    default_remedy = "Download the document again: the copy contains no data."


class FileUnreadable(ReadingError):
    code = "file_unreadable"
    default_remedy = "Check that the file still exists and that you may read it (its permissions)."


class UnsupportedFormat(ReadingError):
    code = "unsupported_format"
    default_remedy = "Save it in a supported format, and give the file the ending of its real format."


class DamagedFile(ReadingError):
    code = "damaged_file"
    default_remedy = (
        "Download it again. If it still fails, open it in a PDF viewer and print it to a new PDF file."
    )


class EncryptedFile(ReadingError):
    code = "encrypted_file"
    default_remedy = "Open it with its password, save a copy without one, and score the copy."


class NoText(ReadingError):
    """The file opens but contains no text, and no picture in which text could be recognised."""

    code = "no_text"
    default_remedy = "Check that this is the NDC itself and not a cover or an empty form."


INSTALL_TESSERACT = (
    "Install Tesseract with the document's language: on Debian and Ubuntu the package tesseract-ocr and, for languages "
    "other than English, tesseract-ocr-fra, -spa, -ara, -rus or -chi-sim; on macOS brew install tesseract "
    "tesseract-lang; on Windows the installer from github.com/UB-Mannheim/tesseract, with the language ticked."
)


class NeedsOcr(ReadingError):
    """The pages are pictures: text recognition must come first."""

    code = "needs_ocr"
    default_remedy = (
        f"{INSTALL_TESSERACT} Then run again with --ocr auto. Or make the file searchable with OCRmyPDF."
    )


class Portfolio(ReadingError):
    """A PDF that is not a document but a container of others."""

    code = "portfolio"
    default_remedy = "Open it in a PDF viewer, save the documents that it contains, and score them."


class DynamicForm(ReadingError):
    """A PDF form whose pages are made by Adobe's programs when it is opened (XFA)."""

    code = "dynamic_form"
    default_remedy = "Open it in Adobe Reader or Acrobat, print it to a new PDF file, and score the new file."


class TooManyPages(ReadingError):
    code = "too_many_pages"
    default_remedy = "Split the file, keep the NDC itself, or allow more with --max-pages."


class ReadingTimeout(ReadingError):
    code = "timeout"
    default_remedy = "Print the file to a new PDF in a viewer, or allow more time with --timeout."


class ReadingMemory(ReadingError):
    code = "out_of_memory"
    default_remedy = "Print the file to a new PDF in a viewer, or split it into parts."


class ReaderCrashed(ReadingError):
    code = "reader_crashed"
    default_remedy = "Print the file to a new PDF in a viewer and score the new file."


class UsageError(NdcUrbanError):
    """Something about the command itself: a path that does not exist, a folder that must not exist yet."""

    code = "usage"
    exit_status = EXIT_USAGE


class PathMissing(UsageError):
    code = "path_missing"
    default_remedy = "Check the spelling of the path."


class AccessDenied(UsageError):
    """A file or folder that may not be read or written."""

    code = "access_denied"
    default_remedy = "Change the permissions of the file or of the folders above it, or choose another place."

    @classmethod
    def to(cls, error: PermissionError) -> AccessDenied:
        """The error for what the system refused."""
        return cls(f"There is no permission to open {error.filename or 'a file'}.")


class NoDocuments(UsageError):
    code = "no_documents"
    default_remedy = "Give a folder with documents in a supported format."


class OutputExists(UsageError):
    code = "output_exists"
    default_remedy = "Choose another name, or move the old results away: nothing is overwritten."


class RunUnfinished(UsageError):
    code = "run_unfinished"
    default_remedy = "Finish it: give the `ndc-urban score` command that began it again, with --resume."


class RunDamaged(UsageError):
    """A finished run whose files are not as they were written, or are of another version of the program."""

    code = "run_damaged"
    default_remedy = (
        "Restore the run folder, or score the documents again: cached documents are not read again."
    )


class ResumeRefused(UsageError):
    """A run that cannot go on, as its inputs, its model or an option are not those that it began with."""

    code = "resume_refused"
    default_remedy = (
        "Give the command that began the run, with --resume added; or choose another output folder."
    )


class CannotStartWorkers(NdcUrbanError):
    """Worker processes end before they do any work."""

    code = "cannot_start_workers"
    default_remedy = (
        "Run it again. If it still fails, please report it, with the output of: ndc-urban --debug score ..."
    )


class PackageMissing(UsageError):
    """A package that an option needs and that a plain installation does not bring."""

    code = "package_missing"
    default_remedy = "Install the package that the message names, with pip."


class ClusterFailed(NdcUrbanError):
    """A Dask cluster that cannot be reached, or that could not do its work."""

    code = "cluster_failed"
    default_remedy = (
        "Check the address, and that the scheduler and all workers run with the same versions of Python, Dask and "
        "ndc-urban. What was done is kept: give the same command again, with --resume."
    )


class OutputUnwritable(UsageError):
    code = "output_unwritable"
    default_remedy = "Choose a folder that you may write to, on a disk with free space."


class ModelMissing(UsageError):
    code = "model_missing"
    default_remedy = "Give --model a folder made by `ndc-urban train`, or leave it out for the shipped model."


class ModelDamaged(NdcUrbanError):
    code = "model_damaged"
    default_remedy = "Restore the model folder from its source, or train it again with `ndc-urban train`."


class ModelIncompatible(NdcUrbanError):
    code = "model_incompatible"
    default_remedy = (
        "Use the version of ndc-urban that made the model, or train it again with `ndc-urban train`."
    )


class AnnotationsInvalid(NdcUrbanError):
    code = "annotations_invalid"
    default_remedy = "Correct the rows that the message names."


class ExchangeFileInvalid(NdcUrbanError):
    """A file from a coding tool that cannot be understood."""

    code = "exchange_file_invalid"
    default_remedy = "Export it again from the coding tool, or name its format with --format."


class ExchangeFileUnsafe(NdcUrbanError):
    """A file from a coding tool that is not opened because it could do harm."""

    code = "exchange_file_unsafe"
    default_remedy = "Export it again from the coding tool; do not use copies whose origin you do not know."


class ImportRefused(AnnotationsInvalid):
    """Codings that were not imported because something in their file is wrong."""

    code = "import_refused"
    default_remedy = (
        "Correct what the report names and import again, or import everything that is valid with --partial."
    )


class OcrUnavailable(ReadingError):
    """Text recognition was asked for by name and the program for it, or its data, is missing."""

    code = "ocr_unavailable"
    default_remedy = f"{INSTALL_TESSERACT} Then run again, or leave --ocr at auto."


class PanelInvalid(UsageError):
    """The panel of Parties and rounds, or a table beside it, is not valid."""

    code = "panel_invalid"
    default_remedy = "Correct the rows that the message names; docs/trend.md lists the columns."


class GradesInvalid(UsageError):
    """The table of UN-Habitat's grades is not valid."""

    code = "grades_invalid"
    default_remedy = (
        "It needs the columns iso3, ndc_2_0 and ndc_3_0; a grade is A+, A, B+, B, C+, C, No or empty."
    )


class RunsDiffer(UsageError):
    """Runs that cannot be combined: other models, or two results for one file."""

    code = "runs_differ"
    default_remedy = "Score all documents with one model, or make one trend for each model."


class NoResultsForPanel(UsageError):
    """The runs hold no result for any document of the panel."""

    code = "no_results_for_panel"
    default_remedy = "Give runs over the files that the panel, or documents.csv beside it, names."


class RegistryInvalid(UsageError):
    """The table of a registry of NDCs is not valid."""

    code = "registry_invalid"
    default_remedy = (
        "Give a table with the columns code, party, title, fileType, language, submissionDate and "
        "encodedAbsUrl."
    )


class AddressGiven(UsageError):
    """An address on the web where a file is expected."""

    code = "address_given"
    default_remedy = "Download the document first, with `ndc-urban corpus download`."


class NetworkUnusable(NdcUrbanError):
    """The settings of this system do not allow any request."""

    code = "network_unusable"
    default_remedy = "Correct the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or unset it."


class LibraryMissing(NdcUrbanError):
    """A library that a command needs is not installed, as in a smaller installation for scoring."""

    code = "library_missing"
    default_remedy = "Install the program with all that it needs: `pip install ndc-urban`."


class InstallationIncomplete(NdcUrbanError):
    """Data that come with the program are not where it is installed."""

    code = "installation_incomplete"
    default_remedy = "Install the program again, such as with `pip install --force-reinstall ndc-urban`."
