using System.Collections.Immutable;
using System.Text;
using Spud.Sampling;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// The texts of generated contexts, with a given number of filler sentences, pairs or lines. Sources: passkey, Mohtashami and
/// Jaggi, arXiv:2305.16300; pairs, Liu et al., arXiv:2307.03172; lines, LongChat (LongEval); several needles, RULER, arXiv:2404.06654.
/// </summary>
internal static class NeedleTexts
{
    private const string Filler = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.\n";

    private static readonly string[] s_adjectives =
    [
        "able", "brave", "calm", "damp", "eager", "faint", "gentle", "hollow", "idle", "jolly", "keen", "lazy", "mild", "narrow", "odd", "pale",
        "quiet", "rapid", "sharp", "tidy", "urban", "vast", "warm", "young", "zesty", "bitter", "clever", "dusty", "early", "frozen", "golden", "humble",
    ];

    private static readonly string[] s_nouns =
    [
        "anchor", "basket", "candle", "desert", "engine", "forest", "garden", "hammer", "island", "jacket", "kettle", "ladder", "market", "needle", "orchard", "pencil",
        "quarry", "ribbon", "saddle", "temple", "urchin", "valley", "window", "yogurt", "zipper", "bridge", "castle", "donkey", "feather", "glacier", "harbor", "lantern",
    ];

    private static readonly string[] s_cities =
    [
        "Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Athens", "Cairo", "Tokyo", "Sydney", "Boston", "Chicago", "Lisbon", "Dublin", "Prague", "Warsaw",
    ];

    /// <summary>Maximum number of needles in a text of a kind.</summary>
    public static int MaxNeedles(NeedleKind kind) => kind == NeedleKind.Needles ? s_cities.Length : int.MaxValue;

    /// <summary>Maximum number of units in a text of a kind.</summary>
    public static int MaxUnits(NeedleKind kind) => kind == NeedleKind.Lines ? s_adjectives.Length * s_adjectives.Length * s_nouns.Length : 1 << 16;

    /// <summary>A text.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="units">Sentences, pairs or lines.</param>
    /// <param name="depths">Where answers are.</param>
    /// <param name="seed">Random seed; a longer text need not begin like a shorter one.</param>
    public static (string Text, ImmutableArray<NeedleQuestion> Questions) Of(NeedleKind kind, int units, ImmutableArray<double> depths, ulong seed) => kind switch
    {
        NeedleKind.Passkey => Passkey(units, depths, new(seed)),
        NeedleKind.Pairs => Pairs([.. Distinct(units, new(seed))], depths),
        NeedleKind.Lines => Lines(units, depths, new(seed)),
        _ => Needles(units, depths, new(seed)),
    };

    /// <summary>Pairs as JSON, and the values asked for.</summary>
    public static (string Text, ImmutableArray<NeedleQuestion> Questions) Pairs((string Key, string Value)[] pairs, ImmutableArray<double> depths) => (
        PairsText(pairs),
        [.. depths.Select(depth => (depth, pairs[At(depth, pairs.Length - 1)])).Select(asked => PairQuestion(asked.Item2.Key, asked.Item2.Value, asked.depth))]);

    /// <summary>As in "Lost in the middle".</summary>
    public static string PairsText(IEnumerable<(string Key, string Value)> pairs) =>
        $"Extract the value corresponding to the specified key in the JSON object below.\n\nJSON data:\n{{{string.Join(",\n ", pairs.Select(pair => $"\"{pair.Key}\": \"{pair.Value}\""))}}}\n";

    public static NeedleQuestion PairQuestion(string key, string value, double depth) => new($"\nKey: \"{key}\"\nCorresponding value: \"", value, depth);

    public static NeedleQuestion LineQuestion(string asked, string name, string number, double depth) => new($"{asked}\nThe <REGISTER_CONTENT> in line {name} is <", number, depth);

    private static (string, ImmutableArray<NeedleQuestion>) Passkey(int units, ImmutableArray<double> depths, Xoshiro256 random)
    {
        string key = Number(ref random);
        StringBuilder text = new("There is an important info hidden inside a lot of irrelevant text. Find it and memorize it. I will quiz you about the important information there.\n");
        for (int i = 0; i <= units; i++)
        {
            if (i == At(depths[0], units))
                text.Append("The pass key is ").Append(key).Append(". Remember it. ").Append(key).Append(" is the pass key.\n");
            if (i < units)
                text.Append(Filler);
        }

        return (text.ToString(), [new("\nWhat is the pass key? The pass key is", key, depths[0])]);
    }

    private static (string, ImmutableArray<NeedleQuestion>) Needles(int units, ImmutableArray<double> depths, Xoshiro256 random)
    {
        string[] cities = Shuffled(s_cities, ref random), numbers = new string[depths.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = Number(ref random);

        StringBuilder text = new("Some special magic numbers are hidden within the following text. Make sure to memorize them. I will quiz you about the numbers afterwards.\n");
        for (int i = 0; i <= units; i++)
        {
            foreach ((int needle, double depth) in depths.Index())
            {
                if (i == At(depth, units))
                    text.Append("One of the special magic numbers for ").Append(cities[needle]).Append(" is: ").Append(numbers[needle]).Append(".\n");
            }

            if (i < units)
                text.Append(Filler);
        }

        return (text.ToString(), [.. depths.Select((depth, needle) => new NeedleQuestion($"\nWhat is the special magic number for {cities[needle]} mentioned in the text? The special magic number for {cities[needle]} is:", numbers[needle], depth))]);
    }

    private static (string, ImmutableArray<NeedleQuestion>) Lines(int units, ImmutableArray<double> depths, Xoshiro256 random)
    {
        string[] names = [.. Shuffled([.. LineNames(units)], ref random).Take(units)], numbers = new string[units];
        for (int i = 0; i < units; i++)
            numbers[i] = Number(ref random);

        StringBuilder text = new("Below is a record of lines I want you to remember. Each line begins with 'line <line index>' and contains a '<REGISTER_CONTENT>' at the end of the line as a numerical value. "
            + "For each line index, memorize its corresponding <REGISTER_CONTENT>. At the end of the record, I will ask you to retrieve the corresponding <REGISTER_CONTENT> of a certain line index. Now the record start:\n\n");
        foreach ((string name, string number) in names.Zip(numbers))
            text.Append("line ").Append(name).Append(": REGISTER_CONTENT is <").Append(number).Append(">\n");

        return (text.ToString(), [.. depths.Select(depth => (depth, At(depth, units - 1))).Select(asked => LineQuestion(
            $"\nNow the record is over. Tell me what is the <REGISTER_CONTENT> in line {names[asked.Item2]}? I need the number.", names[asked.Item2], numbers[asked.Item2], asked.depth))]);
    }

    private static IEnumerable<string> LineNames(int units)
    {
        IEnumerable<string> names = s_adjectives.SelectMany(adjective => s_nouns.Select(noun => $"{adjective}-{noun}"));
        return units <= s_adjectives.Length * s_nouns.Length ? names : names.SelectMany(name => s_adjectives.Select(adjective => $"{adjective}-{name}"));
    }

    private static IEnumerable<(string, string)> Distinct(int count, Xoshiro256 random)
    {
        HashSet<string> keys = [];
        while (keys.Count < count)
        {
            string key = $"{(uint)random.Next():x8}";
            if (keys.Add(key))
                yield return (key, $"{(uint)random.Next():x8}");
        }
    }

    private static T[] Shuffled<T>(T[] all, ref Xoshiro256 random)
    {
        T[] shuffled = [.. all];
        for (int i = shuffled.Length - 1; i > 0; i--)
        {
            int other = (int)(random.NextDouble() * (i + 1));
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }

    private static int At(double depth, int last) => (int)Math.Round(depth * last);

    // Five digits.
    private static string Number(ref Xoshiro256 random) => $"{10_000 + (int)(random.NextDouble() * 90_000)}";
}
