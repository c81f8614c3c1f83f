namespace Spud.Training.Drafts;

/// <summary>A prompt with a model's greedy answer.</summary>
/// <param name="Domain">Index in <see cref="PromptSet.Domains"/>.</param>
/// <param name="Ids">Prompt and answer.</param>
/// <param name="PromptTokens">Length of the prompt.</param>
internal sealed record GreedyAnswer(int Domain, int[] Ids, int PromptTokens)
{
    /// <summary>Length of the answer.</summary>
    public int Tokens => Ids.Length - PromptTokens;

    /// <summary>Reads a file of answers.</summary>
    /// <exception cref="TrainingException">It is not one.</exception>
    public static GreedyAnswer[] Load(string path)
    {
        using BinaryReader reader = new(File.OpenRead(path));
        List<GreedyAnswer> answers = [];
        try
        {
            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                (int domain, int prompt, int tokens) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
                if (domain < 0 || domain >= PromptSet.Domains.Length || prompt < 1 || tokens < 0 || prompt + (long)tokens > reader.BaseStream.Length)
                    throw new TrainingException($"{path}: answer {answers.Count} is damaged. Write the file again with 'answers'.");

                answers.Add(new(domain, [.. Enumerable.Range(0, prompt + tokens).Select(_ => reader.ReadInt32())], prompt));
            }
        }
        catch (EndOfStreamException)
        {
            throw new TrainingException($"{path}: the file ends within answer {answers.Count}. Write it again with 'answers'.");
        }

        return [.. answers];
    }

    /// <summary>Writes it.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Domain);
        writer.Write(PromptTokens);
        writer.Write(Tokens);
        foreach (int id in Ids)
            writer.Write(id);
    }
}
