using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Spud.Plugins;

/// <summary>
/// Contract versions that a plugin was made for, as an interval: <c>[0.1,0.2)</c> contains 0.1 and every version below 0.2. A square
/// bracket includes its end, a round one excludes it; <c>[0.1]</c> is 0.1 only.
/// </summary>
public sealed class ContractRange
{
    private const int LongestText = 64;
    private readonly Version _least;
    private readonly Version _most;
    private readonly bool _holdsLeast;
    private readonly bool _holdsMost;

    private ContractRange(Version least, bool holdsLeast, Version most, bool holdsMost) =>
        (_least, _holdsLeast, _most, _holdsMost) = (least, holdsLeast, most, holdsMost);

    /// <summary>Whether a plugin with this range may be loaded by a host with this contract version.</summary>
    public bool Contains(int major, int minor)
    {
        Version version = new(major, minor);
        return (_holdsLeast ? version >= _least : version > _least) && (_holdsMost ? version <= _most : version < _most);
    }

    /// <summary>Whether the host's contract is newer than every version of the range.</summary>
    public bool IsBelow(int major, int minor)
    {
        Version version = new(major, minor);
        return !Contains(major, minor) && version >= _most;
    }

    /// <summary>Parses <c>[0.1,0.2)</c>; false for anything else, including empty intervals.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ContractRange? range)
    {
        range = null;
        if (text is not { Length: >= 3 and <= LongestText } || text[0] is not ('[' or '(') || text[^1] is not (']' or ')'))
            return false;
        (bool holdsLeast, bool holdsMost) = (text[0] == '[', text[^1] == ']');
        string[] ends = text[1..^1].Split(',');
        if (ends.Length > 2 || !TryVersion(ends[0], out Version? least) || !TryVersion(ends[^1], out Version? most))
            return false;
        bool empty = ends.Length == 1 || least == most ? !(holdsLeast && holdsMost) : least > most;
        range = empty ? null : new ContractRange(least, holdsLeast, most, holdsMost);
        return range is not null;
    }

    /// <summary>The range as written in a manifest.</summary>
    public override string ToString() =>
        $"{(_holdsLeast ? '[' : '(')}{(_least == _most ? $"{_least}" : $"{_least},{_most}")}{(_holdsMost ? ']' : ')')}";

    private static bool TryVersion(string text, [NotNullWhen(true)] out Version? version)
    {
        version = null;
        string[] parts = text.Trim().Split('.');
        if (parts.Length == 2 && TryNumber(parts[0], out int major) && TryNumber(parts[1], out int minor))
            version = new Version(major, minor);
        return version is not null;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
