using System.Numerics;

namespace Spud.Text.ChatTemplates;

/// <summary>Queries about a value's type, with Python's rules.</summary>
internal static class ValueTypes
{
    public static string Describe(object value) => value switch
    {
        None => "none",
        Undefined => "an undefined value",
        bool => "a boolean",
        long => "an integer",
        BigInteger => "an integer of more than 64 bits",
        double => "a float",
        TemplateString => "a string",
        TemplateList list => list.IsTuple ? "a tuple" : "a list",
        TemplateMap => "a dictionary",
        TemplateObject other => other.TypeName,
        Callable callable => $"the function '{callable.Name}'",
        _ => throw new ArgumentException($"{value.GetType()} is not a template's value", nameof(value)),
    };

    public static bool IsTrue(object value) => value switch
    {
        None or Undefined => false,
        bool b => b,
        long n => n != 0,
        BigInteger n => !n.IsZero,
        double d => d != 0,
        TemplateString s => s.Length > 0,
        TemplateList list => list.Items.Count > 0,
        TemplateMap map => map.Entries.Count > 0,
        _ => true,
    };

    /// <summary>The items of a loop over the value: characters of a string, keys of a dictionary, none for undefined.</summary>
    public static IReadOnlyList<object> Items(TemplateRun run, object value)
    {
        switch (value)
        {
            case TemplateList list:
                return list.Items;
            case TemplateMap map:
                run.ChargeItems(map.Entries.Count);
                return [.. map.Entries.Keys];
            case TemplateString text:
                run.ChargeItems(text.Length);
                return Characters.Split(text);
            case Undefined:
                return [];
            default:
                throw run.Fail($"expected something to loop over, got {Describe(value)}");
        }
    }

    public static long Length(TemplateRun run, object value) => value switch
    {
        TemplateString text => Characters.Count(text.Text),
        TemplateList list => list.Items.Count,
        TemplateMap map => map.Entries.Count,
        Undefined => 0,
        _ => throw run.Fail($"expected something with a length, got {Describe(value)}"),
    };

    /// <summary>The value as an integer if it is one; a boolean counts as 0 or 1.</summary>
    public static bool TryGetInteger(object value, out long number)
    {
        number = value switch { long n => n, bool b => b ? 1 : 0, _ => 0 };
        return value is long or bool;
    }

    public static bool TryGetFloat(object value, out double number)
    {
        number = value switch { double d => d, long n => n, BigInteger n => (double)n, bool b => b ? 1 : 0, _ => 0 };
        return value is double or long or BigInteger or bool;
    }
}
