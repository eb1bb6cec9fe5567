using System.Runtime.InteropServices;

namespace Weld.Bench.Workloads;

/// <summary>Ratings of films by users, some of whom, and of which, no table knows; the users; the films; and how many ratings of people over 45 a title needs.</summary>
internal sealed class MovieLens : Workload
{
    private static readonly string[] Kinds = ["Silent", "Last", "Golden", "Broken", "Second", "Long", "Lost", "Northern"];
    private static readonly string[] Things = ["River", "Summer", "Road", "Letter", "Winter", "City", "Sea"];

    public override string Name => "movielens";

    public override long SampleRows => 600;

    public override object[] Arguments(long rows)
    {
        var (users, movies) = ((rows / 20) + 1, (rows / 50) + 1);
        return
        [
            Draw(71, rows, r => r.NextInt64(1, users + (users / 20) + 1)),
            Draw(72, rows, r => r.NextInt64(1, movies + (movies / 20) + 2)),
            Draw(73, rows, r => r.Next(1, 11) / 2.0),
            Enumerable.Range(1, (int)users).Select(u => (long)u).ToArray(),
            Draw(74, users, r => r.Next(3) == 0 ? "F" : "M"),
            Draw(75, users, r => r.Next(18, 80)),
            Enumerable.Range(1, (int)movies).Select(m => (long)m).ToArray(),
            Enumerable.Range(0, (int)movies).Select(Title).ToArray(),
            20L,
        ];
    }

    public override object Expected(object[] arguments)
    {
        var (user, movie, rating) = ((long[])arguments[0], (long[])arguments[1], (double[])arguments[2]);
        var (users, gender, age) = (Rows((long[])arguments[3]), (string[])arguments[4], (int[])arguments[5]);
        var (movies, title, least) = (Rows((long[])arguments[6]), (string[])arguments[7], (long)arguments[8]);
        var ratings = from i in Enumerable.Range(0, user.Length)
                      where users.ContainsKey(user[i]) && movies.ContainsKey(movie[i]) && age[users[user[i]]] > 45
                      select (Title: title[movies[movie[i]]], Gender: gender[users[user[i]]], Rating: rating[i]);
        var active = ratings.GroupBy(r => r.Title).Where(g => g.Count() >= least).ToArray();
        var differences = from g in active
                          let women = Mean(g.Where(r => r.Gender == "F").Select(r => r.Rating))
                          let men = Mean(g.Where(r => r.Gender == "M").Select(r => r.Rating))
                          orderby double.IsNaN(men - women), men - women, g.Key
                          select (g.Key, women, men, men - women);
        var deviations = from g in active
                         let sum = g.Sum(r => r.Rating)
                         let deviation = Math.Sqrt((g.Sum(r => r.Rating * r.Rating) - (sum * sum / g.Count())) / (g.Count() - 1.0))
                         orderby deviation descending, g.Key
                         select (g.Key, deviation);
        return (differences.ToArray(), deviations.Take(10).ToArray());
    }

    public override object Loops(object[] arguments)
    {
        var (user, movie, rating) = ((long[])arguments[0], (long[])arguments[1], (double[])arguments[2]);
        var (users, gender, age) = (Rows((long[])arguments[3]), (string[])arguments[4], (int[])arguments[5]);
        var (movies, title, least) = (Rows((long[])arguments[6]), (string[])arguments[7], (long)arguments[8]);
        var titles = new Dictionary<string, (double Women, long CountWomen, double Men, long CountMen, double Sum, double Squares)>();
        for (var i = 0; i < user.Length; i++)
        {
            if (users.TryGetValue(user[i], out var person) && age[person] > 45 && movies.TryGetValue(movie[i], out var film))
            {
                ref var t = ref CollectionsMarshal.GetValueRefOrAddDefault(titles, title[film], out _);
                t = gender[person] == "F"
                    ? t with { Women = t.Women + rating[i], CountWomen = t.CountWomen + 1, Sum = t.Sum + rating[i], Squares = t.Squares + (rating[i] * rating[i]) }
                    : t with { Men = t.Men + rating[i], CountMen = t.CountMen + 1, Sum = t.Sum + rating[i], Squares = t.Squares + (rating[i] * rating[i]) };
            }
        }

        var (differences, deviations) = (new List<(string, double, double, double)>(), new List<(string, double)>());
        foreach (var (name, t) in titles.Where(t => t.Value.CountWomen + t.Value.CountMen >= least))
        {
            var (women, men, count) = (t.Women / t.CountWomen, t.Men / t.CountMen, t.CountWomen + t.CountMen);
            differences.Add((name, women, men, men - women));
            deviations.Add((name, Math.Sqrt((t.Squares - (t.Sum * t.Sum / count)) / (count - 1.0))));
        }

        return (differences.OrderBy(d => double.IsNaN(d.Item4)).ThenBy(d => d.Item4).ThenBy(d => d.Item1).ToArray(), deviations.OrderByDescending(d => d.Item2).ThenBy(d => d.Item1).Take(10).ToArray());
    }

    private static double Mean(IEnumerable<double> ratings) => ratings.Sum() / ratings.Count();

    private static string Title(int number)
    {
        var copy = number / (Kinds.Length * Things.Length);
        return $"The {Kinds[number % Kinds.Length]} {Things[number / Kinds.Length % Things.Length]}{(copy == 0 ? "" : $" {copy + 1}")}";
    }
}
