"""PDFs that tests write themselves, a paragraph at a time."""

from __future__ import annotations

from fpdf import FPDF
from fpdf.enums import XPos, YPos


def new_pdf(**options: object) -> FPDF:
    pdf = FPDF(**options)  # type: ignore[arg-type]
    pdf.set_auto_page_break(True, margin=25)
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    return pdf


def write(pdf: FPDF, text: str, *, size: float = 11, style: str = "", gap: float = 4) -> None:
    pdf.set_font("Helvetica", style=style, size=size)
    pdf.multi_cell(0, size * 0.48, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(gap)
