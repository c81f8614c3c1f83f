namespace Spud.Training.Drafts;

/// <summary>
/// Final hidden rows with the tokens around them: row r of an answer is that of the token before the answer's token r, which is known when a draft begins; the draft's position k is to be
/// token r + k.
/// </summary>
internal sealed class HeadSamples
{
    private readonly GreedyAnswer[] _answers;
    private readonly int[] _answerOf, _tokenOf;

    /// <param name="answers">The answers.</param>
    /// <param name="rowsFile">F32 [rows, C], of all answers in order: as written by 'rows'.</param>
    /// <param name="width">C.</param>
    /// <exception cref="TrainingException">The file is of other answers.</exception>
    public HeadSamples(GreedyAnswer[] answers, string rowsFile, int width)
    {
        _answers = answers;
        _answerOf = [.. answers.SelectMany(static (answer, i) => Enumerable.Repeat(i, answer.Tokens))];
        _tokenOf = [.. answers.SelectMany(static answer => Enumerable.Range(0, answer.Tokens))];
        long expected = (long)Count * width * sizeof(float), bytes = new FileInfo(rowsFile).Length;
        if (bytes != expected)
            throw new TrainingException($"{rowsFile}: expected {expected} bytes for {Count} rows of {width} numbers, got {bytes}. Write it again with 'rows'.");

        Rows = new float[(long)Count * width];
        byte[] row = new byte[width * sizeof(float)];
        using FileStream file = File.OpenRead(rowsFile);
        for (int i = 0; i < Count; i++)
        {
            file.ReadExactly(row);
            Buffer.BlockCopy(row, 0, Rows, i * row.Length, row.Length);
        }
    }

    /// <summary>Number of rows.</summary>
    public int Count => _answerOf.Length;

    /// <summary>F32 [<see cref="Count"/>, C].</summary>
    public float[] Rows { get; }

    /// <summary>Index in <see cref="PromptSet.Domains"/>.</summary>
    public int DomainOf(int row) => _answers[_answerOf[row]].Domain;

    /// <summary>The answer's token at a position of a row's draft: 0 for the known one; null behind the answer's end.</summary>
    public int? TokenAt(int row, int position)
    {
        GreedyAnswer answer = _answers[_answerOf[row]];
        int token = _tokenOf[row] + position;
        return token < answer.Tokens ? answer.Ids[answer.PromptTokens + token] : null;
    }
}
