using System.Text.Json;
using Spud.Configuration;
using Spud.Generation;
using Spud.Metering;
using Spud.Plugins;
using Spud.Tests.ChatTemplates;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;
using Xunit;

namespace Spud.Tests.Grammars;

/// <summary>Models under a constraint.</summary>
public sealed class ConstrainedGenerationTests : IDisposable
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":12},"age":{"type":"integer","minimum":0,"maximum":130},
         "born":{"type":"string","format":"date"},"tags":{"type":"array","items":{"enum":["a","bc","é"]},"maxItems":3}},"required":["name","age"]}
        """;

    private readonly LanguageModel _stories = Load(TestData.Path("stories260K/stories260K-f32.gguf"), 8);

    public void Dispose() => _stories.Dispose();

    [Fact]
    public void What_a_model_without_any_sense_writes_is_valid_whatever_the_seed()
    {
        TokenConstraint constraint = _stories.ConstrainToSchema(JsonDocument.Parse(Person).RootElement);
        SchemaValidator validator = new(JsonDocument.Parse(Person).RootElement);
        int[] prompt = _stories.Encode("Once upon a time");
        for (ulong seed = 0; seed < 60; seed++)
        {
            Request request = _stories.Generate(prompt, new() { Constraint = constraint, Sampling = new() { Temperature = 1.5f, TopK = 0, TopP = 1, MinP = 0, Seed = seed } }, TestContext.Current.CancellationToken);
            string text = Text(request);
            Assert.Equal(FinishReason.StopToken, request.Finish);
            Assert.True(validator.IsValid(JsonDocument.Parse(text).RootElement), $"seed {seed}: {text}");
        }
    }

    [Fact]
    public void What_the_default_model_writes_is_valid_whatever_the_seed()
    {
        using LanguageModel model = Load(TestData.DefaultModel, 4);
        RenderedPrompt rendered = model.Render([new("user", "Describe Ada Lovelace in JSON: name, age, born, tags.")]);
        TokenConstraint constraint = model.ConstrainToSchema(JsonDocument.Parse(Person).RootElement, rendered);
        SchemaValidator validator = new(JsonDocument.Parse(Person).RootElement);
        for (ulong seed = 0; seed < 8; seed++)
        {
            Request request = model.Generate(model.Encode(rendered), new() { Constraint = constraint, Sampling = new() { Temperature = 1.2f, Seed = seed } }, TestContext.Current.CancellationToken);
            string text = Text(request);
            Assert.Equal(FinishReason.StopToken, request.Finish);
            Assert.True(validator.IsValid(JsonDocument.Parse(text).RootElement), $"seed {seed}: {text}");
        }
    }

    [Fact]
    public void A_required_call_is_a_call_even_of_a_model_that_knows_no_tools()
    {
        using LanguageModel model = Load(TestData.DefaultModel, 1);
        RenderedPrompt prompt = model.Render([new("user", "What is the weather in Rome?")], ToolCallTests.Tools);
        TokenConstraint constraint = model.ConstrainToCalls(ToolCallTests.Tools, ToolChoice.Function("weather"), isParallel: false, prompt)!;
        AnswerParser parser = AnswerParser.For(model.ChatTemplate, prompt.Text, ToolCallTests.Tools);
        foreach (TextPiece piece in model.Generate(model.Encode(prompt), new() { Constraint = constraint, Sampling = new() { Temperature = 0 }, MaxTokens = 100 }, TestContext.Current.CancellationToken).ToBlockingEnumerable())
            parser.Append(piece.Text);
        parser.Flush();
        ToolCall call = Assert.Single(parser.Answer.ToolCalls);
        Assert.Equal("weather", call.Name);
        Assert.Equal(JsonValueKind.String, call.Arguments.GetProperty("city").ValueKind);
        Assert.Empty(parser.Answer.Final);
    }

    [Fact]
    public async Task Requests_share_a_constraint_and_a_seed_gives_the_same_alone_and_together()
    {
        TokenConstraint constraint = _stories.ConstrainToJsonObject();
        Assert.Same(constraint, _stories.ConstrainToJsonObject());
        Request[] Make() => [.. Enumerable.Range(0, 6).Select(seed => _stories.Generate(
            _stories.Encode("Once"), new() { Constraint = constraint, MaxTokens = 40, Sampling = new() { Seed = (ulong)seed } }, TestContext.Current.CancellationToken))];
        string[] alone = [.. Make().Select(Text)];
        string[] together = await Task.WhenAll(Make().Select(request => Task.Run(() => Text(request), TestContext.Current.CancellationToken)));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void A_grammar_of_any_text_changes_nothing()
    {
        GenerationOptions options = new() { MaxTokens = 40, Sampling = new() { Seed = 3, RepetitionPenalty = 1.1f, LogProbabilities = 2 } };
        TextPiece[] free = [.. _stories.Generate(_stories.Encode("Once upon"), options, TestContext.Current.CancellationToken).ToBlockingEnumerable()];
        options.Constraint = _stories.ConstrainToGrammar("root ::= .*");
        TextPiece[] bound = [.. _stories.Generate(_stories.Encode("Once upon"), options, TestContext.Current.CancellationToken).ToBlockingEnumerable()];
        Assert.Equal(free.Select(piece => (piece.Text, piece.Token, piece.LogProbabilities?.Chosen)), bound.Select(piece => (piece.Text, piece.Token, piece.LogProbabilities?.Chosen)));
    }

    // As clients of OpenAI's API expect them: of the model, so that a forced token can be improbable.
    [Fact]
    public void Log_probabilities_are_the_models_own()
    {
        GenerationOptions options = new() { Constraint = _stories.ConstrainToGrammar("root ::= \"zq\""), Sampling = new() { Temperature = 0, LogProbabilities = 3 } };
        TextPiece[] pieces = [.. _stories.Generate(_stories.Encode("Once upon a time"), options, TestContext.Current.CancellationToken).ToBlockingEnumerable()];
        Assert.Equal("zq", string.Concat(pieces.Select(piece => piece.Text)));
        Assert.All(pieces.Where(piece => piece.Token is not null), piece => Assert.InRange(piece.LogProbabilities!.Chosen.LogProbability, -100, -3));
        Assert.True(pieces[0].LogProbabilities!.Top[0].LogProbability > pieces[0].LogProbabilities!.Chosen.LogProbability);
    }

    [Fact]
    public void A_text_that_is_cut_says_so()
    {
        TokenConstraint constraint = _stories.ConstrainToGrammar("root ::= \"{\" [a-z ]{100} \"}\"");
        (string text, FinishReason finish) = Run(new() { Constraint = constraint, MaxTokens = 5 });
        Assert.Equal(FinishReason.Length, finish);
        Assert.StartsWith("{", text);
        Request budgeted = _stories.Generate(_stories.Encode("Once"), new() { Constraint = constraint, Budget = Budget.OfCompute(0.02m) }, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("}", Text(budgeted));
        Assert.Equal(FinishReason.Budget, budgeted.Finish);
        Assert.Equal(FinishReason.ContextFull, Run(new() { Constraint = _stories.ConstrainToGrammar("root ::= [a-z ]{3000}") }).Finish);
    }

    [Fact]
    public void A_stop_string_ends_a_text_within_its_grammar()
    {
        (string text, FinishReason finish) = Run(new() { Constraint = _stories.ConstrainToGrammar("root ::= \"aaa-bbb\""), StopStrings = ["-"] });
        Assert.Equal(("aaa", FinishReason.StopString), (text, finish));
    }

    [Fact]
    public void A_text_ends_exactly_where_its_grammar_may()
    {
        Assert.Equal(("abc", FinishReason.StopToken), Run(new() { Constraint = _stories.ConstrainToGrammar("root ::= \"abc\"") }));
        // Even if the model's own ends are ignored: there is nothing left to write.
        Assert.Equal(("abc", FinishReason.StopToken), Run(new() { Constraint = _stories.ConstrainToGrammar("root ::= \"abc\""), IgnoreEndOfGeneration = true }));

        ConstraintCursor cursor = _stories.ConstrainToGrammar("root ::= \"a\"{2,3}").Begin();
        int a = IdOf("a"), eos = _stories.Tokenizer.Eos!.Value;
        foreach (bool mayEnd in (bool[])[false, false, true, true])
        {
            Assert.Equal(mayEnd, cursor.Allows(eos));
            Assert.Equal(mayEnd, cursor.MayEnd);
            Assert.Equal(cursor.Tokens < 3, cursor.Allows(a));
            if (cursor.Tokens < 3)
                cursor.Accept(a);
        }

        Assert.True(cursor.IsComplete);
        Assert.Throws<InvalidOperationException>(() => cursor.Accept(a));
    }

    [Fact]
    public void A_fork_goes_its_own_way_and_a_rollback_returns()
    {
        ConstraintCursor cursor = _stories.ConstrainToGrammar("root ::= \"a\" (\"b\" | \"c\" \"d\")").Begin();
        int[] ids = [.. "abcd".Select(c => IdOf(c.ToString()))];
        cursor.Accept(ids[0]);
        ConstraintCursor fork = cursor.Fork();
        fork.Accept(ids[2]);
        Assert.True(fork.Allows(ids[3]) && !fork.Allows(ids[1]) && cursor.Allows(ids[1]) && cursor.Tokens == 1);
        cursor.Accept(ids[1]);
        Assert.True(cursor.IsComplete && !fork.IsComplete);
        cursor.Rollback(2);
        fork.Rollback(1);
        Assert.True(cursor.Tokens == 0 && cursor.Allows(ids[0]) && fork.Allows(ids[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => cursor.Rollback(1));
    }

    [Fact]
    public void A_constraint_of_another_tokenizer_is_refused()
    {
        TokenConstraint other = TokenConstraint.Compile(Grammar.JsonObject, Tokenization.ReferenceTokenizers.BytePair);
        Assert.StartsWith("Constraint: compiled for another tokenizer", Assert.Throws<ArgumentException>(() => _stories.Generate([1], new() { Constraint = other }, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Biases_that_ban_all_allowed_tokens_are_one_clear_error()
    {
        Dictionary<int, float> ban = Enumerable.Range(0, 512).Where(id => _stories.Tokenizer.TextOf(id).StartsWith('a') || _stories.Tokenizer.TextOf(id) == "<0x61>").ToDictionary(id => id, _ => float.NegativeInfinity);
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => Run(new() { Constraint = _stories.ConstrainToGrammar("root ::= \"a\""), Sampling = new() { LogitBias = ban } }));
        Assert.Contains("LogitBias bans every token that the model and the constraint allow", fault.Message);
    }

    [Fact]
    public void A_vocabulary_that_cannot_write_what_the_grammar_expects_is_one_clear_error()
    {
        global::Spud.Text.Tokenization.Tokenizer letters = new(new()
        {
            Model = "llama",
            Tokens = global::Spud.Models.Utf8Strings.From(["<unk>", "<s>", "</s>", "a", "b"]),
            TokenTypes = (int[])[2, 3, 3, 1, 1],
            AddSpacePrefix = false,
        });
        ConstraintCursor cursor = TokenConstraint.Compile(Grammar.Parse("root ::= \"a\" [xy]"), letters).Begin();
        cursor.Accept(3);
        for (int i = 0; i < 2; i++)
            Assert.Equal("constraint: after 1 tokens no token of the vocabulary can continue the text. The grammar expects 'x', 'y'.", Assert.Throws<GrammarException>(() => cursor.Allowed()).Message);
    }

    private (string Text, FinishReason Finish) Run(GenerationOptions options)
    {
        options.Sampling = options.Sampling with { Seed = 1 };
        Request request = _stories.Generate(_stories.Encode("Once upon a time"), options, TestContext.Current.CancellationToken);
        return (Text(request), request.Finish);
    }

    private int IdOf(string text) => Enumerable.Range(0, _stories.Tokenizer.VocabularySize).First(id => _stories.Tokenizer.TextOf(id) == text);

    private static string Text(Request request) => string.Concat(request.ToBlockingEnumerable().Select(piece => piece.Text));

    private static LanguageModel Load(string path, int sequences) => LanguageModel.Load(
        PipelineDocument.Load(null, [$"model=\"{path}\"", "context=512"]), PluginCatalog.Discover([TestData.Plugins]), new() { Threads = 2, Sequences = sequences });
}
