using System.Numerics;

namespace Spud.Text.ChatTemplates;

/// <summary>The tests used with <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Builtin> s_all = Builtin.Table(
    [
        OnValue("defined", value => value is not Undefined),
        OnValue("undefined", value => value is Undefined),
        OnValue("none", value => value is None),
        OnValue("boolean", value => value is bool),
        OnValue("true", value => value is true),
        OnValue("false", value => value is false),
        OnValue("integer", value => value is long or BigInteger),
        OnValue("float", value => value is double),
        OnValue("number", value => value is long or BigInteger or double or bool),
        OnValue("string", value => value is TemplateString),
        OnValue("mapping", value => value is TemplateMap),
        OnValue("sequence", value => value is TemplateString or TemplateList or TemplateMap or Undefined),
        OnValue("iterable", value => value is TemplateString or TemplateList or TemplateMap or Undefined),
        OnValue("callable", value => value is Callable),
        OnValue("escaped", _ => false),
        new("lower", [], (run, value, _) => Characters.HasCase(ValueText.Of(run, value).Text, upper: false)),
        new("upper", [], (run, value, _) => Characters.HasCase(ValueText.Of(run, value).Text, upper: true)),
        new("odd", [], (run, value, _) => Remainder(run, value, 2) == 1),
        new("even", [], (run, value, _) => Remainder(run, value, 2) == 0),
        new("divisibleby", ["num"], (run, value, a) => Remainder(run, value, a.Integer(0, 0)) == 0),
        new("sameas", ["other"], (_, value, a) => ReferenceEquals(value, a[0]) || (value is bool or long or TemplateString && value.GetType() == a[0]!.GetType() && ValueEquality.ScalarsAreEqual(value, a[0]!))),
        new("in", ["seq"], (run, value, a) => ValueEquality.Contains(run, a[0]!, value)),
        new("filter", [], (run, value, _) => Filters.Find(ValueText.Of(run, value).Text) is not null),
        new("test", [], (run, value, _) => Find(ValueText.Of(run, value).Text) is not null),
        .. Comparisons(),
    ]);

    public static IEnumerable<string> Names => s_all.Keys;

    public static Builtin? Find(string name) => s_all.GetValueOrDefault(name);

    private static Builtin OnValue(string name, Func<object, bool> test) => new(name, [], (_, value, _) => test(value));

    private static IEnumerable<Builtin> Comparisons()
    {
        (string Symbol, string[] Names)[] all =
        [
            ("==", ["eq", "equalto", "=="]),
            ("!=", ["ne", "!="]),
            ("<", ["lt", "lessthan", "<"]),
            ("<=", ["le", "<="]),
            (">", ["gt", "greaterthan", ">"]),
            (">=", ["ge", ">="]),
        ];
        return all.SelectMany(c => c.Names, (c, name) => new Builtin(name, ["other"], (run, value, a) => Operators.Compare(run, c.Symbol, value, a[0]!)));
    }

    private static long Remainder(TemplateRun run, object value, long divisor) =>
        Operators.Apply(run, "%", value is TemplateString ? new Undefined("a remainder is taken of a number, got a string") : value, divisor) switch
        {
            long rest => rest,
            double rest => rest == 0 ? 0 : rest == 1 ? 1 : -1,
            object other => throw run.Fail($"expected a number, got {ValueTypes.Describe(other)}"),
        };
}
