using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>The message being typed, wrapped into rows, and the caret's place in them.</summary>
internal sealed class InputRows
{
    private readonly List<(int Begin, int End)> _rows = [];
    private readonly StringBuilder _shown = new();
    private readonly List<(int Text, int Shown)> _items = [];

    /// <summary>Rows of a text.</summary>
    public InputRows(InputText input, int columns)
    {
        // The rows differ from the text where a placeholder is shown for a paste.
        int caret = 0;
        for (int i = 0; i <= input.Text.Length; i++)
        {
            if (i == input.Caret)
                caret = _shown.Length;
            if (i == input.Text.Length)
                break;
            if (input.PasteOf(input.Text[i]) is { } paste)
                AddItem(i, paste);
            else
                _shown.Append(input.Text[i]);
        }

        Shown = _shown.ToString();
        Break(Math.Max(2, columns));
        CaretRow = _rows.FindLastIndex(row => row.Begin <= caret);
        CaretColumn = Graphemes.Columns(Shown.AsSpan(_rows[CaretRow].Begin, caret - _rows[CaretRow].Begin));
    }

    public int Count => _rows.Count;

    public int CaretRow { get; }

    public int CaretColumn { get; }

    private string Shown { get; }

    /// <summary>A row, with pastes highlighted.</summary>
    public List<Run> this[int row]
    {
        get
        {
            (int begin, int end) = _rows[row];
            List<Run> runs = [];
            int at = begin;
            foreach ((_, int shown) in _items)
            {
                int itemEnd = Shown.IndexOf(']', shown) + 1;
                if (itemEnd <= at || shown >= end)
                    continue;
                if (shown > at)
                    runs.Add(new(Shown[at..shown]));

                runs.Add(new(Shown[Math.Max(at, shown)..Math.Min(end, itemEnd)], Ink.Accent));
                at = Math.Min(end, itemEnd);
            }

            if (at < end)
                runs.Add(new(Shown[at..end]));

            return runs;
        }
    }

    /// <summary>The position in the text at a row and column.</summary>
    public int PlaceAt(int row, int column)
    {
        (int begin, int end) = _rows[Math.Clamp(row, 0, _rows.Count - 1)];
        int shown = begin + Graphemes.Fitting(Shown.AsSpan(begin, end - begin), column), shift = 0;
        foreach ((int text, int at) in _items)
        {
            int length = Shown.IndexOf(']', at) + 1 - at;
            if (shown >= at + length)
                shift += length - 1;
            else if (shown >= at)
                return text;
        }

        return shown - shift;
    }

    private void AddItem(int text, string paste)
    {
        _items.Add((text, _shown.Length));
        int lines = paste.AsSpan().Count('\n') + 1;
        string name = $"[pasted: {(lines > 1 ? $"{lines:#,0} lines, " : "")}{paste.Length:#,0} characters]";
        _shown.Append(name);
    }

    private void Break(int columns)
    {
        int begin = 0;
        while (true)
        {
            int lineEnd = Shown.IndexOf('\n', begin) is >= 0 and int at ? at : Shown.Length;
            string line = Shown[begin..lineEnd];
            int from = 0;
            do
            {
                (int end, _) = Wrapping.Row(line, from, columns, verbatim: true);
                _rows.Add((begin + from, begin + end));
                from = end;
            }
            while (from < line.Length);

            // The caret after a full row is on the next one.
            if (line.Length > 0 && Graphemes.Columns(line.AsSpan(_rows[^1].Begin - begin)) == columns)
                _rows.Add((lineEnd, lineEnd));
            if (lineEnd == Shown.Length)
                return;

            begin = lineEnd + 1;
        }
    }
}
