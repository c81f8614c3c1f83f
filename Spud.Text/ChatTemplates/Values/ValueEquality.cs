using System.Numerics;

namespace Spud.Text.ChatTemplates;

/// <summary>Equality, order and membership of values, as in Python.</summary>
internal static class ValueEquality
{
    public static bool AreEqual(TemplateRun run, object left, object right)
    {
        run.Enter();
        bool equal = (left, right) switch
        {
            (TemplateList a, TemplateList b) => ReferenceEquals(a, b) || ListsAreEqual(run, a, b),
            (TemplateMap a, TemplateMap b) => ReferenceEquals(a, b) || MapsAreEqual(run, a, b),
            (Undefined, Undefined) => true,
            _ => ScalarsAreEqual(left, right),
        };
        run.Leave();
        return equal;
    }

    public static bool ScalarsAreEqual(object left, object right)
    {
        if (left is TemplateString a && right is TemplateString b)
            return a.Text == b.Text;
        if (ValueTypes.TryGetInteger(left, out long x) && ValueTypes.TryGetInteger(right, out long y))
            return x == y;
        if (left is BigInteger p && right is BigInteger q)
            return p == q;
        if (ValueTypes.TryGetFloat(left, out double u) && ValueTypes.TryGetFloat(right, out double v))
            return u == v;
        return ReferenceEquals(left, right);
    }

    /// <summary>Negative, zero or positive. Numbers compare with numbers, strings with strings, lists item by item.</summary>
    public static int Compare(TemplateRun run, object left, object right)
    {
        run.Step();
        if (left is TemplateString a && right is TemplateString b)
            return string.CompareOrdinal(a.Text, b.Text);
        if (ValueTypes.TryGetInteger(left, out long x) && ValueTypes.TryGetInteger(right, out long y))
            return x.CompareTo(y);
        if (left is BigInteger p && right is BigInteger q)
            return p.CompareTo(q);
        if (ValueTypes.TryGetFloat(left, out double u) && ValueTypes.TryGetFloat(right, out double v))
            return u.CompareTo(v);
        if (left is TemplateList l && right is TemplateList r && l.IsTuple == r.IsTuple)
            return CompareLists(run, l.Items, r.Items);
        if ((left as Undefined ?? right as Undefined) is { } undefined)
            throw run.Fail(undefined.Problem);
        throw run.Fail($"cannot order {ValueTypes.Describe(left)} and {ValueTypes.Describe(right)}");
    }

    public static bool Contains(TemplateRun run, object container, object item)
    {
        switch (container)
        {
            case TemplateString text:
                run.Charge(text.Length);
                return item is TemplateString part ? text.Text.Contains(part.Text, StringComparison.Ordinal) : throw run.Fail($"'in' a string expects a string, got {ValueTypes.Describe(item)}");
            case TemplateMap map:
                return map.TryGet(run, item, out _);
            case TemplateList list:
                return list.Items.Exists(other => AreEqual(run, other, item));
            case Undefined:
                return false;
            default:
                throw run.Fail($"'in' expects a string, list or dictionary on its right, got {ValueTypes.Describe(container)}");
        }
    }

    private static bool ListsAreEqual(TemplateRun run, TemplateList left, TemplateList right)
    {
        if (left.IsTuple != right.IsTuple || left.Items.Count != right.Items.Count)
            return false;
        for (int i = 0; i < left.Items.Count; i++)
        {
            if (!AreEqual(run, left.Items[i], right.Items[i]))
                return false;
        }

        return true;
    }

    private static bool MapsAreEqual(TemplateRun run, TemplateMap left, TemplateMap right)
    {
        if (left.Entries.Count != right.Entries.Count)
            return false;
        foreach ((object key, object value) in left.Entries)
        {
            if (!right.TryGet(run, key, out object other) || !AreEqual(run, value, other))
                return false;
        }

        return true;
    }

    private static int CompareLists(TemplateRun run, List<object> left, List<object> right)
    {
        run.Enter();
        int order = left.Count.CompareTo(right.Count);
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (AreEqual(run, left[i], right[i]))
                continue;
            order = Compare(run, left[i], right[i]);
            break;
        }

        run.Leave();
        return order;
    }
}
