"""The names of flowchart shapes: one name for all spellings that Mermaid knows."""

# One line a shape: the name that we use, then its other spellings in `id@{ shape: ... }`. The bracket forms of
# `vertices.py` use the same names, so `A{x}` and `A@{ shape: decision }` are the same shape.
_NAMES = """
rect           proc process rectangle squareRect
round          rounded event roundedRect
stadium        terminal pill
subroutine     fr-rect subprocess subproc framed-rectangle
cylinder       cyl db database
datastore      data-store
circle         circ
double-circle  dbl-circ doublecircle
small-circle   sm-circ start stateStart
framed-circle  fr-circ stop stateEnd
filled-circle  f-circ junction
crossed-circle cross-circ summary
ellipse
diamond        diam decision question
hexagon        hex prepare
lean-right     lean-r in-out lean_right
lean-left      lean-l out-in lean_left
trapezoid      trap-b priority trapezoid-bottom
inv-trapezoid  trap-t manual trapezoid-top inv_trapezoid
odd            rect_left_inv_arrow
text
card           notch-rect notched-rectangle
lined-rect     lin-rect lined-rectangle lined-process lin-proc shaded-process
fork           join forkJoin
hourglass      collate
brace          comment brace-l
brace-r
braces
bolt           com-link lightning-bolt
document       doc
documents      docs st-doc stacked-document
lined-document lin-doc
tagged-document tag-doc
delay          half-rounded-rectangle
h-cylinder     h-cyl das horizontal-cylinder
lined-cylinder lin-cyl disk
display        curv-trap curved-trapezoid
divided-rect   div-rect div-proc divided-rectangle divided-process
tagged-rect    tag-rect tagged-rectangle tag-proc tagged-process
stacked-rect   st-rect procs processes stacked-rectangle
bow-tie-rect   bow-rect stored-data bow-tie-rectangle
triangle       tri extract
flipped-triangle flip-tri manual-file
window-pane    win-pane internal-storage
notched-pentagon notch-pent loop-limit
sloped-rect    sl-rect manual-input sloped-rectangle
flag           paper-tape
bang
cloud
folder         directory
bucket
console
browser
person
"""

SHAPES = {name: names[0] for names in map(str.split, _NAMES.strip().splitlines()) for name in names}
"""From every spelling to the name that `Node.shape` uses."""
