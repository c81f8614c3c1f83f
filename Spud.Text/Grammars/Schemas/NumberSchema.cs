using System.Collections.Immutable;
using System.Globalization;

namespace Spud.Text.Grammars.Schemas;

/// <summary>Numbers of at most 16 digits before and after the point, between two limits if there are any.</summary>
internal sealed class NumberSchema
{
    /// <summary>Digits before or after the point: a double holds no more.</summary>
    private const int MaxDigits = 16;

    private static readonly GrammarNode s_free = GrammarNode.Sequence(
        GrammarNode.Literal("-").Optional(), Whole(), GrammarNode.Sequence(GrammarNode.Literal("."), Digits(1, MaxDigits)).Optional(), Exponent().Optional());

    private readonly bool _isInteger;
    private readonly Limit? _low;
    private readonly Limit? _high;

    private NumberSchema(bool isInteger, Limit? low, Limit? high) => (_isInteger, _low, _high) = (isInteger, low, high);

    /// <summary>The numbers between two limits; null if there are none.</summary>
    public static GrammarNode? Between(bool isInteger, decimal? min, bool minExclusive, decimal? max, bool maxExclusive)
    {
        if (min is null && max is null)
            return isInteger ? GrammarNode.Sequence(GrammarNode.Literal("-").Optional(), Whole()) : s_free;

        if (isInteger)
        {
            min = min is { } low ? (minExclusive ? decimal.Floor(low) + 1 : decimal.Ceiling(low)) : null;
            max = max is { } high ? (maxExclusive ? decimal.Ceiling(high) - 1 : decimal.Floor(high)) : null;
            minExclusive = maxExclusive = false;
        }

        List<GrammarNode> parts = [];
        if (max is null or >= 0)
            Add("", min is > 0 ? new(min.Value, minExclusive) : min == 0 ? new(0, minExclusive) : new(0, false), max is { } top ? new(top, maxExclusive) : null);

        // A negative number is not zero: its distance from zero is between the limits with their signs changed.
        if (min is null or < 0)
            Add("-", max is < 0 ? new(-max.Value, maxExclusive) : new(isInteger ? 1 : 0, !isInteger), min is { } bottom ? new(-bottom, minExclusive) : null);

        return parts.Count == 0 ? null : GrammarNode.Choice([.. parts]);

        void Add(string sign, Limit low, Limit? high)
        {
            if (new NumberSchema(isInteger, low, high).Magnitude() is { } magnitude)
                parts.Add(GrammarNode.Sequence(GrammarNode.Literal(sign), magnitude));
        }
    }

    private static GrammarNode Digits(int min, int max) => JsonGrammar.Digit.Repeat(min, max);

    private static GrammarNode Whole() => GrammarNode.Choice(GrammarNode.Literal("0"), GrammarNode.Sequence(Class('1', '9'), Digits(0, MaxDigits - 1)));

    private static GrammarNode Exponent() => GrammarNode.Sequence(
        GrammarNode.Characters(new('E', 'E'), new('e', 'e')), GrammarNode.Characters(new('+', '+'), new('-', '-')).Optional(), Class('1', '9'), Digits(0, 1));

    private static GrammarNode Class(int first, int last) => GrammarNode.Characters(ImmutableArray.Create(new CharacterRange(first, last)));

    private GrammarNode? Magnitude()
    {
        int most = _high is { } high ? high.Whole.Length : MaxDigits;
        List<GrammarNode> lengths = [];
        for (int length = _low!.Whole.Length; length <= most; length++)
        {
            if (WholeDigits(0, length, length == _low.Whole.Length, _high is not null && length == most) is { } digits)
                lengths.Add(digits);
        }

        return lengths.Count == 0 ? null : GrammarNode.Choice([.. lengths]);
    }

    /// <summary>Digits before the point, from a place on.</summary>
    /// <param name="at">The place.</param>
    /// <param name="length">Number of digits.</param>
    /// <param name="tightLow">Whether the digits before are those of the lower limit.</param>
    /// <param name="tightHigh">Whether they are those of the upper limit.</param>
    private GrammarNode? WholeDigits(int at, int length, bool tightLow, bool tightHigh)
    {
        if (at == length)
            return Fraction(tightLow, tightHigh);

        char least = tightLow ? _low!.Whole[at] : at == 0 && length > 1 ? '1' : '0';
        char most = tightHigh ? _high!.Whole[at] : '9';
        return DigitThen(least, most, tightLow, tightHigh, (low, high) => WholeDigits(at + 1, length, low, high));
    }

    private GrammarNode? Fraction(bool tightLow, bool tightHigh)
    {
        bool mayEnd = MayEndAt(0, tightLow, tightHigh);
        GrammarNode? digits = _isInteger ? null : FractionDigits(0, tightLow, tightHigh);
        if (digits is null)
            return mayEnd ? GrammarNode.Empty : null;

        GrammarNode fraction = GrammarNode.Sequence(GrammarNode.Literal("."), digits);
        return mayEnd ? fraction.Optional() : fraction;
    }

    private GrammarNode? FractionDigits(int at, bool tightLow, bool tightHigh)
    {
        if (!tightLow && !tightHigh)
            return Digits(1, MaxDigits - at);

        // Behind the last digit of the upper limit, only zeros could follow.
        if (at == MaxDigits || (tightHigh && at >= _high!.Fraction.Length))
            return null;

        char least = tightLow ? _low!.FractionAt(at) : '0', most = tightHigh ? _high!.FractionAt(at) : '9';
        return DigitThen(least, most, tightLow, tightHigh, Rest);

        GrammarNode? Rest(bool low, bool high)
        {
            GrammarNode? more = at + 1 < MaxDigits ? FractionDigits(at + 1, low, high) : null;
            bool mayEnd = MayEndAt(at + 1, low, high);
            return more is null ? (mayEnd ? GrammarNode.Empty : null) : mayEnd ? more.Optional() : more;
        }
    }

    /// <summary>Whether a number may end after some digits of its fraction.</summary>
    private bool MayEndAt(int digits, bool tightLow, bool tightHigh)
    {
        bool enough = !tightLow || (digits >= _low!.Fraction.Length && !_low.Exclusive);
        bool notTooMuch = !tightHigh || digits < _high!.Fraction.Length || !_high.Exclusive;
        return enough && notTooMuch;
    }

    private static GrammarNode? DigitThen(char least, char most, bool tightLow, bool tightHigh, Func<bool, bool, GrammarNode?> rest)
    {
        List<GrammarNode> branches = [];
        for (char digit = least; digit <= most;)
        {
            bool low = tightLow && digit == least, high = tightHigh && digit == most;
            char last = low || high ? digit : (char)(most - (tightHigh ? 1 : 0));
            if (rest(low, high) is { } after)
                branches.Add(GrammarNode.Sequence(Class(digit, last), after));
            digit = (char)(last + 1);
        }

        return branches.Count == 0 ? null : GrammarNode.Choice([.. branches]);
    }

    /// <summary>A limit, as its digits.</summary>
    private sealed class Limit
    {
        public Limit(decimal value, bool exclusive)
        {
            string[] digits = value.ToString(CultureInfo.InvariantCulture).Split('.');
            (Whole, Fraction, Exclusive) = (digits[0], digits.Length > 1 ? digits[1].TrimEnd('0') : "", exclusive);
        }

        public string Whole { get; }

        public string Fraction { get; }

        public bool Exclusive { get; }

        public char FractionAt(int index) => index < Fraction.Length ? Fraction[index] : '0';
    }
}
