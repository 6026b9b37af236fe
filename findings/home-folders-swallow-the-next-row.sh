#!/usr/bin/env bash
# opencsv reads CORP\ann as CORPann, and a home folder that ends with a backslash swallows the next cell or, in quotation marks,
# the next person, so that ann, who is to be deleted, is invited. It does not read what it has itself written.
#
# Versions: opencsv 5.2, Apache Commons CSV 1.9.0 and univocity-parsers 2.9.1 of Debian 12 (libopencsv-java 5.2-1,
#           libcommons-csv-java 1.9.0-1, libunivocity-parsers-java 2.9.1-1) with Java 17. Seen on 2026-12-01.
#
# Four accounts of a Windows domain, the home folder of each, and what is to be done: ann is to be deleted, the others invited.
# opencsv's CSVWriter writes the sheet, once with quotation marks where they are needed, and once with all cells in them, as
# Export-Csv of PowerShell does it too. Shown is the first line, and the first and the last cell of each row that is read.
#
# Likely guess: there is no escape in CSV but the doubled quotation mark. A backslash is a letter, and least of all does a library
#   that leaves it alone when it writes take it for something else when it reads.
# What happens: for opencsv's reader it is an escape and falls away, within quotation marks and without. At the end of a folder it
#   takes the comma's meaning, so that there is no third cell; or that of the closing quotation mark, so that the cell goes
#   on to the next row's folder. Of four people two are left, with the operation of the other two. With an odd number there is an
#   error, with an even one none. It has another parser for RFC 4180, which is right; so are the other two libraries.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
CORP\ann,\\fs1\home\ann\,delete
  opencsv:                CORPann fs1homeann,delete, CORPbob fs1homebob,invite, CORPcy fs1homecy,invite, CORPdan fs1homedan,invite
  opencsv, RFC4180Parser: CORP\ann delete, CORP\bob invite, CORP\cy invite, CORP\dan invite
  Commons CSV:            CORP\ann delete, CORP\bob invite, CORP\cy invite, CORP\dan invite
  univocity:              CORP\ann delete, CORP\bob invite, CORP\cy invite, CORP\dan invite
"CORP\ann","\\fs1\home\ann\","delete"
  opencsv:                CORPann invite, CORPcy invite
  opencsv, RFC4180Parser: CORP\ann delete, CORP\bob invite, CORP\cy invite, CORP\dan invite
  Commons CSV:            CORP\ann delete, CORP\bob invite, CORP\cy invite, CORP\dan invite
  univocity:              CORP\ann delete, CORP\bob invite, CORP\cy invite, CORP\dan invite
END

java=$work/packages/usr/share/java
mkdir packages
command -v javac >/dev/null || apt-get install --yes --quiet default-jdk-headless >/dev/null
apt-get download libopencsv-java=5.2-1 libcommons-csv-java=1.9.0-1 libunivocity-parsers-java=2.9.1-1 \
    libcommons-lang3-java >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" packages; done

cat >Read.java <<'END'
import com.opencsv.CSVReader;
import com.opencsv.CSVReaderBuilder;
import com.opencsv.CSVWriter;
import com.opencsv.RFC4180ParserBuilder;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;

class Read {
    interface Way {
        List<String[]> read(Reader sheet) throws Exception;
    }

    static final List<String[]> ROWS = List.of(
        new String[] {"CORP\\ann", "\\\\fs1\\home\\ann\\", "delete"},
        new String[] {"CORP\\bob", "\\\\fs1\\home\\bob\\", "invite"},
        new String[] {"CORP\\cy", "\\\\fs1\\home\\cy\\", "invite"},
        new String[] {"CORP\\dan", "\\\\fs1\\home\\dan\\", "invite"});

    static String written(boolean quoted) throws Exception {
        StringWriter sheet = new StringWriter();
        try (CSVWriter writer = new CSVWriter(sheet)) {
            writer.writeAll(ROWS, quoted);
        }
        return sheet.toString();
    }

    static List<String[]> withCommons(Reader sheet) throws Exception {
        List<String[]> rows = new ArrayList<>();
        for (var row : CSVFormat.DEFAULT.parse(sheet)) {
            List<String> cells = new ArrayList<>();
            row.forEach(cells::add);
            rows.add(cells.toArray(String[]::new));
        }
        return rows;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("opencsv", sheet -> new CSVReader(sheet).readAll());
        ways.put("opencsv, RFC4180Parser", sheet ->
            new CSVReaderBuilder(sheet).withCSVParser(new RFC4180ParserBuilder().build()).build().readAll());
        ways.put("Commons CSV", Read::withCommons);
        ways.put("univocity", sheet -> new CsvParser(new CsvParserSettings()).parseAll(sheet));
        for (boolean quoted : new boolean[] {false, true}) {
            String sheet = written(quoted);
            System.out.println(sheet.lines().findFirst().get());
            for (var way : ways.entrySet()) {
                List<String> read = new ArrayList<>();
                for (String[] row : way.getValue().read(new StringReader(sheet))) {
                    read.add(row[0] + " " + row[row.length - 1]);
                }
                System.out.printf("  %-23s %s%n", way.getKey() + ":", String.join(", ", read));
            }
        }
    }
}
END

jars=$(find "$java" -name '*.jar' | paste -sd :)
java -cp "$jars" Read.java | tee SEEN
diff EXPECTED SEEN
