using System.Globalization;
using System.Text;
using System.Text.Json;
using Spud.Models.Messages;

namespace Spud.Configuration;

/// <summary>
/// One <c>path=value</c>: <c>router.maxExperts=4</c>, <c>attention[0].use=cpu</c>, <c>cache={"use":"plain"}</c>. The value is
/// JSON if it parses as JSON, and a string otherwise. Objects are merged into objects; everything else is replaced.
/// </summary>
internal sealed class SetOption
{
    private readonly Origin _origin;
    private readonly FaultList _faults;
    private readonly string _path;
    private readonly string _value;

    private SetOption(string path, string value, Origin origin, FaultList faults) =>
        (_path, _value, _origin, _faults) = (path, value, origin, faults);

    /// <summary>Applies the edit to the tree; a path that cannot be resolved is a fault.</summary>
    /// <param name="root">The tree; it is modified.</param>
    /// <param name="change">The edit.</param>
    /// <param name="faults">Faults are added to this list.</param>
    public static void Apply(ConfigObject root, PipelineEdit change, FaultList faults)
    {
        (Origin origin, string edit) = (new(change.Source), change.Text);
        int equals = edit.IndexOf('=');
        if (equals < 0)
            faults.Add(origin, "expected path=value, such as router.maxExperts=4.");
        else
            new SetOption(edit[..equals], edit[(equals + 1)..], origin, faults).Apply(root);
    }

    private void Apply(ConfigObject root)
    {
        List<Segment>? segments = Segments();
        if (segments is null)
        {
            _faults.Add(_origin, $"'{QuotedText.Of(_path)}' is not a path. Write names with dots and indexes in brackets, such as attention[0].use.");
            return;
        }

        ConfigNode? parent = root;
        for (int i = 0; i < segments.Count - 1 && parent is not null; i++)
            parent = Step(parent, segments[i], createArray: segments[i + 1].Name is null);
        if (parent is not null && Value() is { } value)
            Put(parent, segments[^1], value);
    }

    private ConfigNode? Value()
    {
        try
        {
            return ConfigParser.Parse(Encoding.UTF8.GetBytes(_value), new PlaceCounter(_origin.Source, inFile: false), _faults);
        }
        catch (JsonException)
        {
            return ConfigScalar.FromString(_origin, _value);
        }
        catch (ConfigurationException tooDeep)
        {
            _faults.Add(_origin, tooDeep.Faults[0].Message);
            return null;
        }
    }

    private ConfigNode? Step(ConfigNode parent, Segment segment, bool createArray)
    {
        if (segment.Name is not { } name)
            return Item(parent, segment.Index);
        if (parent is not ConfigObject members)
            return Lost(parent, "an object");
        if (members[name] is null && !createArray)
            members.Set(name, _origin, new ConfigObject(_origin));
        if (members[name] is null)
            _faults.Add(_origin, $"{members.Path}.{QuotedText.Of(name)} is not there, so it has no entries. Set it as a whole.");
        return members[name];
    }

    private void Put(ConfigNode parent, Segment segment, ConfigNode value)
    {
        if (segment.Name is { } name)
        {
            if (parent is not ConfigObject members)
                Lost(parent, "an object");
            else if (value is ConfigObject source && members[name] is ConfigObject target)
                target.Merge(source);
            else
                members.Set(name, _origin, value);
        }
        else if (Item(parent, segment.Index) is { } item)
        {
            if (value is ConfigObject source && item is ConfigObject target)
                target.Merge(source);
            else
                ((ConfigArray)parent).Set(segment.Index, value);
        }
    }

    private ConfigNode? Item(ConfigNode parent, int index)
    {
        if (parent is not ConfigArray array)
            return Lost(parent, "an array");
        if (index < array.Items.Count)
            return array.Items[index];
        _faults.Add(_origin, $"{array.Path}[{index}] is not there: the array has {array.Items.Count} entries, counted from 0. Set it as a whole to add one.");
        return null;
    }

    private ConfigNode? Lost(ConfigNode parent, string expected)
    {
        _faults.Add(_origin, $"{parent.Path} is {parent.Summary}, not {expected}, so '{QuotedText.Of(_path)}' leads nowhere.");
        return null;
    }

    // name ( '.' name | '[' digits ']' )*; a leading "$." is accepted, because messages print it.
    private List<Segment>? Segments()
    {
        ReadOnlySpan<char> rest = _path.AsSpan();
        rest = rest.StartsWith("$.") ? rest[2..] : rest;
        List<Segment> segments = [];
        bool wantsName = true;
        while (wantsName || !rest.IsEmpty)
        {
            if (segments.Count == ConfigParser.MaxDepth || !Take(ref rest, wantsName, segments))
                return null;
            wantsName = rest.StartsWith('.');
            rest = wantsName ? rest[1..] : rest;
        }

        return segments;
    }

    private static bool Take(ref ReadOnlySpan<char> rest, bool wantsName, List<Segment> segments)
    {
        int end = wantsName ? rest.IndexOfAny('.', '[', ']') : rest.IndexOf(']');
        end = wantsName && end < 0 ? rest.Length : end;
        if (wantsName)
        {
            segments.Add(new Segment(rest[..end].ToString(), 0));
            rest = rest[end..];
            return end > 0;
        }

        if (end < 0 || rest[0] != '[' || !int.TryParse(rest[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return false;
        segments.Add(new Segment(null, index));
        rest = rest[(end + 1)..];
        return true;
    }

    private readonly record struct Segment(string? Name, int Index);
}
