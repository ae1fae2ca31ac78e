# Makes small.csv and reference.json: what R says of two regressions on a small made-up data set.
#
#     cd tests/models/reference && Rscript make_reference.R
#
# Debian: apt-get install --no-install-recommends r-base-core r-cran-car r-cran-lmtest r-cran-sandwich
# The tests read reference.json; they need no R. The data are made here: 42 rows in 14 groups, four columns of unlike
# units, two of them correlated, a spread that grows with the first, a bent line, and a response of zeros and ones.

suppressPackageStartupMessages({
  library(car)
  library(lmtest)
  library(sandwich)
})

set.seed(20020731, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
n <- 42
group <- rep(1:14, each = 3)
x1 <- rnorm(n)
x2 <- 0.8 * x1 + 0.6 * rnorm(n)
x3 <- 100 + 20 * rexp(n)
x4 <- 0.001 * runif(n)
pull <- rnorm(14)[group]
continuous <- 3 + 1.5 * x1 - x2 + 0.02 * x3 + 0.4 * x1^2 + 0.5 * pull + exp(0.5 * x1) * rnorm(n)
hit <- as.integer(x1 + 0.7 * pull + rnorm(n) > 0.4)
small <- data.frame(group, x1, x2, x3, x4, continuous, hit)
for (name in names(small)) small[[name]] <- formatC(small[[name]], digits = 17, format = "g", width = -1)
write.csv(small, "small.csv", row.names = FALSE, quote = FALSE)
small <- read.csv("small.csv")

number <- function(x) formatC(as.numeric(x), digits = 17, format = "g", width = -1)
json <- function(x) {
  if (is.character(x)) return(paste0("\"", x, "\""))
  if (is.list(x)) {
    return(paste0("{", paste0("\"", names(x), "\": ", sapply(x, json), collapse = ",\n"), "}"))
  }
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(row) json(unname(row))), collapse = ",\n"), "]"))
  if (length(x) == 1) return(number(x))
  paste0("[", paste(number(x), collapse = ", "), "]")
}

# Bell & McCaffrey's jackknife over clusters (CRV3): every cluster left out once, differences from the full fit
crv3 <- function(fit, frame, groups) {
  clusters <- unique(groups)
  differences <- sapply(clusters, function(cluster) {
    coef(lm(formula(fit), data = frame[groups != cluster, ])) - coef(fit)
  })
  (length(clusters) - 1) / length(clusters) * differences %*% t(differences)
}

jarque_bera <- function(e) {
  e <- e - mean(e)
  skewness <- mean(e^3) / mean(e^2)^1.5
  excess <- mean(e^4) / mean(e^2)^2 - 3
  statistic <- length(e) / 6 * (skewness^2 + excess^2 / 4)
  list(skewness = skewness, excess_kurtosis = excess, statistic = statistic,
       p = pchisq(statistic, 2, lower.tail = FALSE))
}

test <- function(found) list(statistic = found$statistic, freedom = as.numeric(found$parameter), p = found$p.value)

describe <- function(response) {
  fit <- lm(reformulate(c("x1", "x2", "x3", "x4"), response), data = small)
  jackknife <- crv3(fit, small, small$group)
  stopifnot(all.equal(jackknife, vcovCL(fit, cluster = small$group, type = "HC3", cadjust = FALSE), tolerance = 1e-10))
  squares <- ~ x1 + x2 + x3 + x4 + I(x1^2) + I(x2^2) + I(x3^2) + I(x4^2)
  list(
    coefficients = unname(coef(fit)),
    residual_deviation = summary(fit)$sigma,
    hc3 = vcovHC(fit, type = "HC3"),
    cluster = vcovCL(fit, cluster = small$group, type = "HC1", cadjust = TRUE),
    crv3 = jackknife,
    breusch_pagan = test(bptest(fit, studentize = TRUE)),
    white_without_interactions = test(bptest(fit, squares, data = small, studentize = TRUE)),
    reset = test(resettest(fit, power = 2:3, type = "fitted")),
    jarque_bera = jarque_bera(resid(fit)),
    leverage = unname(hatvalues(fit)),
    internal = unname(rstandard(fit)),
    external = unname(rstudent(fit)),
    cooks_distance = unname(cooks.distance(fit)),
    dffits = unname(dffits(fit)),
    covariance_ratio = unname(covratio(fit)),
    dfbetas = unname(dfbetas(fit))
  )
}

reference <- list(
  made_with = list(
    R = R.version.string,
    car = as.character(packageVersion("car")),
    lmtest = as.character(packageVersion("lmtest")),
    sandwich = as.character(packageVersion("sandwich"))
  ),
  vif = unname(vif(lm(continuous ~ x1 + x2 + x3 + x4, data = small))),
  condition_number = {
    design <- cbind(1, as.matrix(small[, c("x1", "x2", "x3", "x4")]))
    singular <- svd(sweep(design, 2, sqrt(colSums(design^2)), "/"))$d
    singular[1] / singular[5]
  },
  continuous = describe("continuous"),
  hit = describe("hit")
)
writeLines(json(reference), "reference.json")
