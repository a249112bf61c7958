# SPDX-License-Identifier: Apache-2.0
# man_page.cmake - a page of docs/man into roff. `cmake -DIN=PAGE.md -DOUT=PAGE -DMD2MAN=PROGRAM -DDATE=YYYY-MM-DD -P`
#
# A link becomes its text: where a page of this project is meant, the text is the page's name below the
# documents' directory. roff knows no links to files.
file(READ ${IN} text)
string(REGEX REPLACE "\\[([^]\n]+)\\]\\(\\.\\./[^)\n]*\\)" "\\1" text "${text}")
file(WRITE ${OUT}.md "${text}")
execute_process(COMMAND ${MD2MAN} -in ${OUT}.md -out ${OUT} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${OUT}.md)

# What mandoc finds fault with: a title without a date, a paragraph that a heading has begun, a font of go-md2man's own.
file(READ ${OUT} text)
get_filename_component(name ${OUT} NAME_WLE)
string(TOUPPER ${name} title)
string(REPLACE ".TH ${name} 8" ".TH ${title} 8 \"${DATE}\"" text "${text}")
string(REGEX REPLACE "(\n\\.SH [^\n]*\n)\\.PP\n" "\\1" text "${text}")
string(REPLACE "\\fC" "\\fB" text "${text}")
file(WRITE ${OUT} "${text}")
