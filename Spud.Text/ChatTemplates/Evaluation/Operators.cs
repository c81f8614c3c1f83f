using System.Numerics;

namespace Spud.Text.ChatTemplates;

/// <summary>Arithmetic and comparison, with Python's rules: floor division, the sign of a remainder, addition and repetition of lists and strings.</summary>
internal static class Operators
{
    public static bool Compare(TemplateRun run, string symbol, object left, object right) => symbol switch
    {
        "==" => ValueEquality.AreEqual(run, left, right),
        "!=" => !ValueEquality.AreEqual(run, left, right),
        "in" => ValueEquality.Contains(run, right, left),
        "not in" => !ValueEquality.Contains(run, right, left),
        "<" => ValueEquality.Compare(run, left, right) < 0,
        "<=" => ValueEquality.Compare(run, left, right) <= 0,
        ">" => ValueEquality.Compare(run, left, right) > 0,
        ">=" => ValueEquality.Compare(run, left, right) >= 0,
        _ => throw new ArgumentException($"'{symbol}' is not a comparison", nameof(symbol)),
    };

    public static object Sign(TemplateRun run, object operand, bool isNegative)
    {
        if (operand is BigInteger)
            throw TooLarge(run);
        if (ValueTypes.TryGetInteger(operand, out long whole))
            return isNegative ? (whole == long.MinValue ? throw TooLarge(run) : -whole) : whole;
        if (operand is double number)
            return isNegative ? -number : number;
        throw Refuse(run, isNegative ? "-" : "+", operand, operand);
    }

    public static object Apply(TemplateRun run, string symbol, object left, object right)
    {
        if (symbol == "%" && left is TemplateString format)
            return PercentFormat.Apply(run, format, right);
        if (symbol == "+" && Sequences.TryAdd(run, left, right) is { } sum)
            return sum;
        if (symbol == "*" && Sequences.TryRepeat(run, left, right) is { } repeated)
            return repeated;
        try
        {
            if (symbol != "/" && ValueTypes.TryGetInteger(left, out long a) && ValueTypes.TryGetInteger(right, out long b) && !(symbol == "**" && b < 0))
                return OfIntegers(run, symbol, a, b);
        }
        catch (OverflowException)
        {
            throw TooLarge(run);
        }

        if (left is BigInteger || right is BigInteger)
            throw TooLarge(run);
        if (ValueTypes.TryGetFloat(left, out double x) && ValueTypes.TryGetFloat(right, out double y))
            return OfFloats(run, symbol, x, y);
        throw Refuse(run, symbol, left, right);
    }

    private static long OfIntegers(TemplateRun run, string symbol, long a, long b)
    {
        if (b == 0 && symbol is "//" or "%")
            RequireDivisor(run, b);
        return symbol switch
        {
            "+" => checked(a + b),
            "-" => checked(a - b),
            "*" => checked(a * b),
            "//" => FloorDivide(a, b),
            "%" => a - checked(FloorDivide(a, b) * b),
            "**" => Power(a, b),
            _ => throw new ArgumentException($"'{symbol}' is not an operator", nameof(symbol)),
        };
    }

    private static double OfFloats(TemplateRun run, string symbol, double x, double y)
    {
        if (symbol is "/" or "//" or "%")
            RequireDivisor(run, y);
        return symbol switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => Math.Floor(x / y),
            "%" => x - Math.Floor(x / y) * y,
            "**" => Math.Pow(x, y),
            _ => throw new ArgumentException($"'{symbol}' is not an operator", nameof(symbol)),
        };
    }

    private static void RequireDivisor(TemplateRun run, double divisor)
    {
        if (divisor == 0)
            throw run.Fail("division by zero");
    }

    private static long FloorDivide(long a, long b)
    {
        long quotient = a / b;
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    private static long Power(long value, long exponent)
    {
        long result = 1;
        while (exponent > 0)
        {
            if ((exponent & 1) == 1)
                result = checked(result * value);
            exponent >>= 1;
            if (exponent > 0)
                value = checked(value * value);
        }

        return result;
    }

    private static TemplateException TooLarge(TemplateRun run) => run.Fail("the result is too large for a 64-bit integer");

    private static TemplateException Refuse(TemplateRun run, string symbol, object left, object right)
    {
        if ((left as Undefined ?? right as Undefined) is { } undefined)
            return run.Fail(undefined.Problem);
        return run.Fail($"operator '{symbol}' does not take {ValueTypes.Describe(left)} and {ValueTypes.Describe(right)}");
    }
}
