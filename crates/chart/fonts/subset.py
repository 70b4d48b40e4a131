"""Cuts the charts' fonts out of Noto Sans CJK JP: the characters that charts need, and no table that they don't read.

Run by hand, on Linux, when a character is missing or the source has a new release; see README.md.
"""

import hashlib
import importlib.resources
import pathlib

import cffsubr
from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

HERE = pathlib.Path(__file__).resolve().parent

# Weight, and the SHA-256 of the file that the package carries.
SOURCES = {
    "Regular": "68a3fc98800b2a27b371f2fb79991daf3633bd89309d4ffaa6946fd587f375b5",
    "Bold": "e53dcb0dcb2922e45d01aae1ebd2f382bb81d4229b18b6b883bd170678af1f76",
}

# Beyond Latin-1 and what Shift JIS writes: punctuation, currencies and arrows of numbers and prose.
SYMBOLS = "–—‘’“”†‡•…‰‹›€₩™←↑→↓↗↘−≈≠≤≥△▲▽▼●○■□◆◇★☆✓"
# Letters and digits whose pairs are kerned.
KERNED = [*range(0x21, 0x7F), *range(0xA1, 0x100)]


def characters() -> set[int]:
    """Latin-1, half-width katakana, and every character of Shift JIS, as JIS and as code page 932 read it.

    That is JIS X 0208 and the variants that names of people and companies have (NEC's and IBM's rows). The
    two readings differ in a few signs, such as the dash between two times: U+301C here, U+FF5E there."""
    points = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0xFF61, 0xFFA0), *map(ord, SYMBOLS)}
    for lead in range(0x81, 0xFD):
        for trail in range(0x40, 0xFD):
            for codec in ("cp932", "shift_jis"):
                try:
                    points.update(map(ord, bytes([lead, trail]).decode(codec)))
                except UnicodeDecodeError:
                    pass
    return {point for point in points if not 0xE000 <= point < 0xF900}  # the private use area


def pair_adjustments(font: TTFont, glyphs: list[str]) -> dict[tuple[str, str], int]:
    """The kerning of GPOS between `glyphs`, in units of the font.

    Of a lookup's subtables the first one that holds the left glyph, and for a list of pairs the pair, decides."""
    layout = font["GPOS"].table
    features = [it.Feature for it in layout.FeatureList.FeatureRecord if it.FeatureTag == "kern"]
    lookups = sorted({index for feature in features for index in feature.LookupListIndex})
    found: dict[tuple[str, str], int] = {}
    for lookup in (layout.LookupList.Lookup[index] for index in lookups):
        subtables = [getattr(it, "ExtSubTable", it) for it in lookup.SubTable]
        for left in glyphs:
            for right in glyphs:
                amount = next(
                    (it for table in subtables if (it := adjustment(table, left, right)) is not None), None
                )
                if amount:
                    found.setdefault((left, right), amount)
    return found


def adjustment(table, left: str, right: str) -> int | None:
    """What one subtable adds to the left glyph's advance, or None where the next one is asked."""
    if left not in table.Coverage.glyphs:
        return None
    if table.Format == 1:
        pairs = table.PairSet[table.Coverage.glyphs.index(left)].PairValueRecord
        record = next((pair for pair in pairs if pair.SecondGlyph == right), None)
    else:
        row = table.Class1Record[table.ClassDef1.classDefs.get(left, 0)]
        record = row.Class2Record[table.ClassDef2.classDefs.get(right, 0)]
    if record is None:
        return None
    return getattr(record.Value1, "XAdvance", 0) if record.Value1 else 0


def add_kerning(font: TTFont) -> None:
    """Writes the pairs as the plain `kern` table, which a program reads without a layout engine."""
    names = font.getBestCmap()
    pairs = KernTable_format_0()
    pairs.version, pairs.coverage, pairs.tupleIndex, pairs.apple = 0, 1, None, False
    pairs.kernTable = pair_adjustments(font, [names[point] for point in KERNED if point in names])
    table = newTable("kern")
    table.version, table.kernTables = 0, [pairs]
    font["kern"] = table


def cut(weight: str, digest: str) -> None:
    """Writes the subset of one weight."""
    package = f"noto_cjk_sans_jp_{weight.lower()}"
    source = importlib.resources.files(package) / f"NotoSansCJKjp-{weight}.otf"
    if hashlib.sha256(source.read_bytes()).hexdigest() != digest:
        raise SystemExit(f"{source} isn't the file that was checked")
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 5, 13, 14]
    options.drop_tables += ["BASE", "DSIG", "GDEF", "STAT", "VORG", "gasp", "vhea", "vmtx"]
    font = subset.load_font(source, options)
    font.recalcTimestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    add_kerning(font)
    for table in ("GPOS", "GSUB"):
        if table in font:
            del font[table]
    cffsubr.subroutinize(font, keep_glyph_names=False)
    target = HERE / f"noto-sans-jp-{weight.lower()}.otf"
    font.save(target)
    glyphs, pairs = font["maxp"].numGlyphs, len(font["kern"].kernTables[0].kernTable)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    print(f"{target.name}: {target.stat().st_size} bytes, {glyphs} glyphs, {pairs} pairs, sha256 {digest}")


if __name__ == "__main__":
    for weight, digest in SOURCES.items():
        cut(weight, digest)
