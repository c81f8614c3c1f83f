using Spud.Training.Data;
using Spud.Training.Tests.Runs;
using Xunit;

namespace Spud.Training.Tests.Data;

public sealed class CorpusTests : IDisposable
{
    private const int Tokens = 32, Rows = 500;
    private readonly TinyCorpus _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void NoRowComesTwiceBeforeAllHaveCome()
    {
        // Every id says in which row it lies; the last one is only predicted.
        byte[] ids = [.. Enumerable.Range(0, Rows * Tokens + 1).SelectMany(static i => BitConverter.GetBytes((ushort)(i / Tokens)))];
        File.WriteAllBytes(Path.Combine(_files.Folder, "numbered.train.ids"), ids);
        File.WriteAllBytes(Path.Combine(_files.Folder, "numbered.valid.ids"), ids);
        using Corpus corpus = new(_files.Folder, ["numbered"], Tokens, 1024, seed: 1);
        ushort[] row = new ushort[Tokens + 1];
        foreach (int epoch in (int[])[0, 1])
        {
            HashSet<int> seen = [];
            for (long i = 0; i < Rows; i++)
            {
                corpus.Read(epoch * Rows + i, row);
                Assert.True(seen.Add(row[0]), $"row {row[0]} came before");
                Assert.Equal(row[0], row[Tokens - 1]);
            }
        }
    }

    [Fact]
    public void TheSeedAloneDecidesTheOrder()
    {
        using Corpus first = Open(1), same = Open(1), other = Open(2);
        Assert.Equal(Beginning(first), Beginning(same));
        Assert.NotEqual(Beginning(first), Beginning(other));
    }

    [Fact]
    public void DomainsTakeTurnsAndARowIsARunOfItsText()
    {
        using Corpus corpus = Open(1);
        ushort[] ids = new ushort[Tokens + 1];
        for (long row = 0; row < 50; row++)
        {
            corpus.Read(row, ids);
            int pace = row % 2 == 0 ? 1 : TinyCorpus.Vocabulary - 1;
            Assert.Equal(row % 2, corpus.DomainOf(row));
            Assert.True(ids.Zip(ids.Skip(1)).Count(pair => (pair.First + pace) % TinyCorpus.Vocabulary == pair.Second) > Tokens / 2);
        }
    }

    [Fact]
    public void FilesThatAreMissingOrOfAnotherVocabularyAreRefused()
    {
        Assert.Contains("other.train.ids is missing", Assert.Throws<TrainingException>(() => new Corpus(_files.Folder, ["other"], Tokens, 64, 1)).Message);
        Assert.Contains("below 32", Assert.Throws<TrainingException>(() => new Corpus(_files.Folder, ["up"], Tokens, 32, 1)).Message);
        Assert.Contains("more than 30000 ids", Assert.Throws<TrainingException>(() => new Corpus(_files.Folder, ["up"], 30_000, 64, 1)).Message);
        File.WriteAllBytes(Path.Combine(_files.Folder, "odd.train.ids"), [1, 2, 3]);
        Assert.Contains("2 bytes each, got 3", Assert.Throws<InvalidDataException>(() => new Corpus(_files.Folder, ["odd"], Tokens, 64, 1)).Message);
    }

    private static string[] Beginning(Corpus corpus) => [.. Enumerable.Range(0, 40).Select(row => Row(corpus, row))];

    private static string Row(Corpus corpus, long row)
    {
        ushort[] ids = new ushort[Tokens + 1];
        corpus.Read(row, ids);
        return $"{corpus.DomainOf(row)}: {string.Join(' ', ids)}";
    }

    private Corpus Open(ulong seed) => new(_files.Folder, ["up", "down"], Tokens, TinyCorpus.Vocabulary, seed);
}
