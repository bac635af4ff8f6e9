--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: campaigns; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.campaigns (
    "position" integer NOT NULL,
    id character varying(32) NOT NULL,
    name character varying(120) NOT NULL,
    note text NOT NULL,
    plan json NOT NULL,
    threshold double precision,
    contacted integer NOT NULL,
    expected_profit double precision NOT NULL,
    expected_spend double precision NOT NULL,
    model_id character varying(120) NOT NULL,
    data_sha256 character varying(64) NOT NULL,
    saved_at timestamp without time zone NOT NULL,
    saved_by character varying(120) NOT NULL,
    archived_at timestamp without time zone
);


--
-- Name: campaigns_position_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.campaigns_position_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: campaigns_position_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.campaigns_position_seq OWNED BY public.campaigns."position";


--
-- Name: publications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.publications (
    id integer NOT NULL,
    replaces integer NOT NULL,
    restores integer,
    threshold double precision,
    campaign_id character varying(32),
    reason text NOT NULL,
    source character varying(120) NOT NULL,
    published_at timestamp without time zone NOT NULL,
    published_by character varying(120) NOT NULL
);


--
-- Name: publications_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.publications_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: publications_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.publications_id_seq OWNED BY public.publications.id;


--
-- Name: scored_files; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.scored_files (
    id integer NOT NULL,
    what character varying(16) NOT NULL,
    name character varying(120) NOT NULL,
    at timestamp without time zone NOT NULL,
    who character varying(120) NOT NULL,
    model_id character varying(120) NOT NULL,
    rows bigint NOT NULL,
    kept bigint NOT NULL,
    repaired bigint NOT NULL,
    contacts bigint,
    expected_profit double precision,
    judgement json NOT NULL,
    profile json NOT NULL
);


--
-- Name: scored_files_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.scored_files_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: scored_files_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.scored_files_id_seq OWNED BY public.scored_files.id;


--
-- Name: campaigns position; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaigns ALTER COLUMN "position" SET DEFAULT nextval('public.campaigns_position_seq'::regclass);


--
-- Name: publications id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publications ALTER COLUMN id SET DEFAULT nextval('public.publications_id_seq'::regclass);


--
-- Name: scored_files id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scored_files ALTER COLUMN id SET DEFAULT nextval('public.scored_files_id_seq'::regclass);


--
-- Data for Name: campaigns; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.campaigns VALUES (1, '763efb1bdb4a4db09ac4de7f22958547', 'Spring', 'Spring:
of the old program.', '{"retention_cost": 10.0, "success_rate": 0.3, "clv_months": 12.0, "margin": 1.0, "annual_discount": 0.0, "monthly_survival": 1.0, "incentive": 0.0, "incentive_uptake": 1.0, "backfire_rate": 0.0, "fixed_cost": 0.0, "rule": "threshold"}', 0.3333333333333333, 412, 12345.678901234567, 20600, '20261125-223951-logistic-d835', 'bd3649862df9bb3eb1d70ff4ab35c3f90a4756337b59f1c67139b82de8d463df', '2026-11-25 22:39:51.400908', 'Ada', NULL);
INSERT INTO public.campaigns VALUES (2, 'fe869b9e760c4aaf8fea4561f5e8eec9', 'Frühling 🌱', 'Frühling 🌱:
of the old program.', '{"retention_cost": 0.3333333333333333, "success_rate": 0.3, "clv_months": 24.1, "margin": 0.30000000000000004, "annual_discount": 0.08, "monthly_survival": 0.97, "incentive": 12.5, "incentive_uptake": 0.3, "backfire_rate": 0.01, "fixed_cost": 1500.0, "budget": 20000.0, "min_roi": 0.25, "min_marginal_roi": 0.1, "rule": "per_customer"}', NULL, 0, 0, 0, '20261125-223951-logistic-d835', 'bd3649862df9bb3eb1d70ff4ab35c3f90a4756337b59f1c67139b82de8d463df', '2026-11-25 22:39:51.403371', 'Bob', NULL);
INSERT INTO public.campaigns VALUES (3, 'a6c8ab88af9249fa93ed9095740d0206', 'O''Brien "and" sons; --', 'O''Brien "and" sons; --:
of the old program.', '{"retention_cost": 75.0, "success_rate": 0.2, "clv_months": 12.0, "margin": 1.0, "annual_discount": 0.0, "monthly_survival": 1.0, "incentive": 0.0, "incentive_uptake": 1.0, "backfire_rate": 0.0, "fixed_cost": 0.0, "rule": "threshold"}', 0.0875, 1203, 1e+300, 60150, '20261125-223951-logistic-d835', 'bd3649862df9bb3eb1d70ff4ab35c3f90a4756337b59f1c67139b82de8d463df', '2026-11-25 22:39:51.404299', 'Ève', '2026-11-25 22:39:51.413794');


--
-- Data for Name: publications; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.publications VALUES (1, 0, NULL, 0.3, NULL, 'before anything was saved', 'API', '2026-11-25 22:39:51.418749', 'Ada');
INSERT INTO public.publications VALUES (2, 1, NULL, 0.3333333333333333, '763efb1bdb4a4db09ac4de7f22958547', 'Spring
is here', 'dashboard', '2026-11-25 22:39:51.421455', 'Bob');
INSERT INTO public.publications VALUES (3, 2, NULL, 0.0875, 'a6c8ab88af9249fa93ed9095740d0206', '', 'dashboard', '2026-11-25 22:39:51.437612', 'Ada');
INSERT INTO public.publications VALUES (4, 3, 2, 0.3333333333333333, '763efb1bdb4a4db09ac4de7f22958547', 'too many', 'dashboard', '2026-11-25 22:39:51.441637', 'Ève');
INSERT INTO public.publications VALUES (5, 2, NULL, 5e-324, NULL, '', 'cli', '2026-11-25 22:39:51.444431', 'Ada');
INSERT INTO public.publications VALUES (6, 5, 2, 0.3333333333333333, '763efb1bdb4a4db09ac4de7f22958547', '', 'dashboard', '2026-11-25 22:39:51.448975', 'Ada');


--
-- Data for Name: scored_files; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.scored_files VALUES (1, 'scored', 'june.csv', '2026-11-25 22:39:51.577078', 'Ada', '20261125-223951-logistic-d835', 260, 256, 256, 104, 16311.28915858789, '{"verdict": {"level": "keep", "sentence": "Keep the model: none of 20 columns has moved beyond chance (largest PSI 0.07).", "reasons": ["the campaign earns 4.8 % less per customer", "a threshold of 0.03 would earn 23,000 more per 1,000 customers"]}, "drift": [{"column": "gender", "label": "Gender", "psi": 0.0042456820132319864, "psi_by_chance": 0.015551127855365263, "p_value": 0.3012186448519951, "p_adjusted": 1.0, "level": "none", "moved": "Female", "reference_share": 0.3399119693312509, "current_share": 0.37109375, "reference_mean": null, "current_mean": null, "sentence": "Gender: Female went from 34 % to 37 % (PSI 0.00)"}, {"column": "SeniorCitizen", "label": "Senior citizen", "psi": 0.0007047533835842059, "psi_by_chance": 0.015551127855365263, "p_value": 0.6757477639148017, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.39713190401817405, "current_share": 0.41015625, "reference_mean": null, "current_mean": null, "sentence": "Senior citizen: No went from 40 % to 41 % (PSI 0.00)"}, {"column": "Partner", "label": "Partner", "psi": 0.002167124048392369, "psi_by_chance": 0.015551127855365263, "p_value": 0.4625476590703044, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.3989777083629135, "current_share": 0.421875, "reference_mean": null, "current_mean": null, "sentence": "Partner: Yes went from 40 % to 42 % (PSI 0.00)"}, {"column": "Dependents", "label": "Dependents", "psi": 0.0061864349612248, "psi_by_chance": 0.015551127855365263, "p_value": 0.2060233492212352, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.22419423541104644, "current_share": 0.2578125, "reference_mean": null, "current_mean": null, "sentence": "Dependents: Yes went from 22 % to 26 % (PSI 0.01)"}, {"column": "tenure", "label": "Tenure", "psi": 0.06321919553173119, "psi_by_chance": 0.06849199645044539, "p_value": 0.0890985921897019, "p_adjusted": 1.0, "level": "none", "moved": "69 months and more", "reference_share": 0.10052534431350277, "current_share": 0.06640625, "reference_mean": 26.56552605423825, "current_mean": 27.1484375, "sentence": "Tenure: 69 months and more went from 10 % to 6.6 % (PSI 0.06; mean 26.57 \u2192 27.15)"}, {"column": "PhoneService", "label": "Phone service", "psi": 0.0015075637714072566, "psi_by_chance": 0.015551127855365263, "p_value": 0.5425496122886722, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.44895641062047426, "current_share": 0.4296875, "reference_mean": null, "current_mean": null, "sentence": "Phone service: No went from 45 % to 43 % (PSI 0.00)"}, {"column": "MultipleLines", "label": "Multiple lines", "psi": 0.0016335041938366436, "psi_by_chance": 0.024254856178863953, "p_value": 0.8173140238311356, "p_adjusted": 1.0, "level": "none", "moved": "No phone service", "reference_share": 0.44895641062047426, "current_share": 0.4296875, "reference_mean": null, "current_mean": null, "sentence": "Multiple lines: No phone service went from 45 % to 43 % (PSI 0.00)"}, {"column": "InternetService", "label": "Internet service", "psi": 0.0016701647067140263, "psi_by_chance": 0.024254856178863953, "p_value": 0.8094688529158206, "p_adjusted": 1.0, "level": "none", "moved": "DSL", "reference_share": 0.17265369870793695, "current_share": 0.1875, "reference_mean": null, "current_mean": null, "sentence": "Internet service: DSL went from 17 % to 19 % (PSI 0.00)"}, {"column": "OnlineSecurity", "label": "Online security", "psi": 0.0017327148295066157, "psi_by_chance": 0.024254856178863953, "p_value": 0.8041989548203188, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.2592645179610961, "current_share": 0.27734375, "reference_mean": null, "current_mean": null, "sentence": "Online security: Yes went from 26 % to 28 % (PSI 0.00)"}, {"column": "OnlineBackup", "label": "Online backup", "psi": 0.0038379944088918466, "psi_by_chance": 0.024254856178863953, "p_value": 0.6109910933546836, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.21240948459463296, "current_share": 0.23828125, "reference_mean": null, "current_mean": null, "sentence": "Online backup: No went from 21 % to 24 % (PSI 0.00)"}, {"column": "DeviceProtection", "label": "Device protection", "psi": 0.0010305978919087637, "psi_by_chance": 0.024254856178863953, "p_value": 0.879903826427777, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.3066874911259406, "current_share": 0.3203125, "reference_mean": null, "current_mean": null, "sentence": "Device protection: Yes went from 31 % to 32 % (PSI 0.00)"}, {"column": "TechSupport", "label": "Tech support", "psi": 0.0009512116221975871, "psi_by_chance": 0.024254856178863953, "p_value": 0.8887749178841025, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.277012636660514, "current_share": 0.2890625, "reference_mean": null, "current_mean": null, "sentence": "Tech support: No went from 28 % to 29 % (PSI 0.00)"}, {"column": "StreamingTV", "label": "Streaming TV", "psi": 0.03880774245800052, "psi_by_chance": 0.024254856178863953, "p_value": 0.009176505658766976, "p_adjusted": 0.18353011317533952, "level": "none", "moved": "Yes", "reference_share": 0.2687775095839841, "current_share": 0.19921875, "reference_mean": null, "current_mean": null, "sentence": "Streaming TV: Yes went from 27 % to 20 % (PSI 0.04)"}, {"column": "StreamingMovies", "label": "Streaming movies", "psi": 0.005089642149149511, "psi_by_chance": 0.024254856178863953, "p_value": 0.5334738522246818, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.4043731364475366, "current_share": 0.4375, "reference_mean": null, "current_mean": null, "sentence": "Streaming movies: No went from 40 % to 44 % (PSI 0.01)"}, {"column": "Contract", "label": "Contract", "psi": 0.008073491785331104, "psi_by_chance": 0.024254856178863953, "p_value": 0.35932676618938825, "p_adjusted": 1.0, "level": "none", "moved": "Two year", "reference_share": 0.20232855317336362, "current_share": 0.234375, "reference_mean": null, "current_mean": null, "sentence": "Contract: Two year went from 20 % to 23 % (PSI 0.01)"}, {"column": "PaperlessBilling", "label": "Paperless billing", "psi": 0.002576145747181964, "psi_by_chance": 0.015551127855365263, "p_value": 0.42535794076533295, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.49410762459179325, "current_share": 0.46875, "reference_mean": null, "current_mean": null, "sentence": "Paperless billing: Yes went from 49 % to 47 % (PSI 0.00)"}, {"column": "PaymentMethod", "label": "Payment method", "psi": 0.0027580055478297148, "psi_by_chance": 0.03163585461951936, "p_value": 0.8802081699943529, "p_adjusted": 1.0, "level": "none", "moved": "Mailed check", "reference_share": 0.23455913673150647, "current_share": 0.21484375, "reference_mean": null, "current_mean": null, "sentence": "Payment method: Mailed check went from 23 % to 21 % (PSI 0.00)"}, {"column": "MonthlyCharges", "label": "Monthly charge", "psi": 0.028849512704197777, "psi_by_chance": 0.06849199645044539, "p_value": 0.562783542457151, "p_adjusted": 1.0, "level": "none", "moved": "91.08 to below 101.3", "reference_share": 0.0999574045151214, "current_share": 0.140625, "reference_mean": 92.83706091154687, "current_mean": 93.03027343750364, "sentence": "Monthly charge: 91.08 to below 101.3 went from 10 % to 14 % (PSI 0.03; mean 92.84 \u2192 93.03)"}, {"column": "TotalCharges", "label": "Total charges", "psi": 0.07399018398899677, "psi_by_chance": 0.06849199645044539, "p_value": 0.0815505100561031, "p_adjusted": 1.0, "level": "none", "moved": "531.4 to below 846.6", "reference_share": 0.0999574045151214, "current_share": 0.046875, "reference_mean": 2473.75264943916, "current_mean": 2465.3512890625007, "sentence": "Total charges: 531.4 to below 846.6 went from 10 % to 4.7 % (PSI 0.07; mean 2,474 \u2192 2,465)"}, {"column": "churn_probability", "label": "Churn probability", "psi": 0.035638351162282776, "psi_by_chance": 0.06849199645044539, "p_value": 0.49995974451658054, "p_adjusted": 1.0, "level": "none", "moved": "0.727 and more", "reference_share": 0.10009938946471673, "current_share": 0.06640625, "reference_mean": 0.3311977817559075, "current_mean": 0.31374459864127857, "sentence": "Churn probability: 0.727 and more went from 10 % to 6.6 % (PSI 0.04; mean 0.331 \u2192 0.314)"}], "unseen": [{"column": "Contract", "label": "Contract", "word": "Weekly", "rows": 4, "share": 0.015384615384615385, "level": "none", "sentence": "Contract: ''Weekly'', most often is unknown to the model (4 rows, 1.5 %)"}], "outcomes": null, "money": {"threshold": 0.3333333333333333, "profit_per_1000": 63715.97327573396, "best_threshold": 0.027722250000000004, "best_profit_per_1000": 86731.93816409538, "reference_profit_per_1000": 66946.83249849945, "customers": 256, "forgone_per_1000": 23015.96488836142, "change": -0.04826007597652827}}', '{"format": 1, "rows": 256, "edges": {"tenure": [3.0, 6.0, 10.0, 14.0, 20.0, 27.0, 35.0, 47.0, 69.0], "MonthlyCharges": [62.25, 67.61, 73.38, 91.08, 101.35, 105.77, 109.3, 113.06, 117.62], "TotalCharges": [229.92, 531.35, 846.64, 1257.6, 1769.28, 2372.22, 3192.9, 4291.56, 5983.7], "churn_probability": [0.04286320214285191, 0.07936419390330157, 0.1305544326197729, 0.19485526545258508, 0.27084964399413025, 0.35756681860760153, 0.4654002728198742, 0.5878674448388282, 0.7266549739671652]}, "values": {"gender": ["Female", "Male"], "SeniorCitizen": [0, 1], "Partner": ["No", "Yes"], "Dependents": ["No", "Yes"], "PhoneService": ["No", "Yes"], "MultipleLines": ["No", "Yes", "No phone service"], "InternetService": ["DSL", "Fiber optic", "No"], "OnlineSecurity": ["No", "Yes", "No internet service"], "OnlineBackup": ["No", "Yes", "No internet service"], "DeviceProtection": ["No", "Yes", "No internet service"], "TechSupport": ["No", "Yes", "No internet service"], "StreamingTV": ["No", "Yes", "No internet service"], "StreamingMovies": ["No", "Yes", "No internet service"], "Contract": ["Month-to-month", "One year", "Two year"], "PaperlessBilling": ["No", "Yes"], "PaymentMethod": ["Bank transfer (automatic)", "Credit card (automatic)", "Electronic check", "Mailed check"]}, "counts": {"tenure": [28, 19, 19, 18, 28, 34, 26, 31, 36, 17], "MonthlyCharges": [23, 24, 25, 26, 36, 21, 25, 32, 22, 22], "TotalCharges": [29, 18, 12, 28, 32, 28, 33, 28, 28, 20], "churn_probability": [31, 21, 28, 27, 20, 33, 26, 26, 27, 17], "gender": [95, 161], "SeniorCitizen": [105, 151], "Partner": [148, 108], "Dependents": [190, 66], "PhoneService": [110, 146], "MultipleLines": [74, 72, 110], "InternetService": [48, 113, 95], "OnlineSecurity": [90, 71, 95], "OnlineBackup": [61, 100, 95], "DeviceProtection": [79, 82, 95], "TechSupport": [74, 87, 95], "StreamingTV": [110, 51, 95], "StreamingMovies": [112, 49, 95], "Contract": [112, 84, 60], "PaperlessBilling": [136, 120], "PaymentMethod": [60, 46, 95, 55]}, "sums": {"tenure": 29850022707200, "MonthlyCharges": 102287867379716, "TotalCharges": 2710682408876770, "churn_probability": 344965834358}, "unseen": {"Contract": {"Weekly": 2, "Daily": 1, "\u00bd year": 1}}, "outcomes": null}');
INSERT INTO public.scored_files VALUES (2, 'checked', 'Übersicht 🌱.csv', '2026-11-25 22:39:51.689029', 'Bob', '20261125-223951-logistic-d835', 200, 200, 200, NULL, NULL, '{"verdict": {"level": "keep", "sentence": "Keep the model: none of 20 columns has moved beyond chance (largest PSI 0.08).", "reasons": ["the campaign earns 7.4 % less per customer", "a threshold of 0.03 would earn 24,000 more per 1,000 customers"]}, "drift": [{"column": "gender", "label": "Gender", "psi": 0.002758652011206367, "psi_by_chance": 0.01975272344049946, "p_value": 0.4603630945139685, "p_adjusted": 1.0, "level": "none", "moved": "Female", "reference_share": 0.3399119693312509, "current_share": 0.365, "reference_mean": null, "current_mean": null, "sentence": "Gender: Female went from 34 % to 36 % (PSI 0.00)"}, {"column": "SeniorCitizen", "label": "Senior citizen", "psi": 0.0006879872423195211, "psi_by_chance": 0.01975272344049946, "p_value": 0.7138470502047676, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.39713190401817405, "current_share": 0.41, "reference_mean": null, "current_mean": null, "sentence": "Senior citizen: No went from 40 % to 41 % (PSI 0.00)"}, {"column": "Partner", "label": "Partner", "psi": 0.0027959809027877885, "psi_by_chance": 0.01975272344049946, "p_value": 0.4587851318596736, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.3989777083629135, "current_share": 0.425, "reference_mean": null, "current_mean": null, "sentence": "Partner: Yes went from 40 % to 42 % (PSI 0.00)"}, {"column": "Dependents", "label": "Dependents", "psi": 0.0024120091323691145, "psi_by_chance": 0.01975272344049946, "p_value": 0.48700527622629197, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.22419423541104644, "current_share": 0.245, "reference_mean": null, "current_mean": null, "sentence": "Dependents: Yes went from 22 % to 24 % (PSI 0.00)"}, {"column": "tenure", "label": "Tenure", "psi": 0.07774346325352544, "psi_by_chance": 0.08699712820549901, "p_value": 0.10135420337869994, "p_adjusted": 1.0, "level": "none", "moved": "10 to below 14 months", "reference_share": 0.09158029248899617, "current_share": 0.05, "reference_mean": 26.56552605423825, "current_mean": 28.085, "sentence": "Tenure: 10 to below 14 months went from 9.2 % to 5 % (PSI 0.08; mean 26.57 \u2192 28.09)"}, {"column": "PhoneService", "label": "Phone service", "psi": 0.007902757122954424, "psi_by_chance": 0.01975272344049946, "p_value": 0.21767241431391765, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.44895641062047426, "current_share": 0.405, "reference_mean": null, "current_mean": null, "sentence": "Phone service: No went from 45 % to 40 % (PSI 0.01)"}, {"column": "MultipleLines", "label": "Multiple lines", "psi": 0.011299275397612748, "psi_by_chance": 0.030808020527263304, "p_value": 0.32400091486053434, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.27516683231577455, "current_share": 0.32, "reference_mean": null, "current_mean": null, "sentence": "Multiple lines: No went from 28 % to 32 % (PSI 0.01)"}, {"column": "InternetService", "label": "Internet service", "psi": 0.0003729579314161642, "psi_by_chance": 0.030808020527263304, "p_value": 0.9638392576570326, "p_adjusted": 1.0, "level": "none", "moved": "DSL", "reference_share": 0.17265369870793695, "current_share": 0.18, "reference_mean": null, "current_mean": null, "sentence": "Internet service: DSL went from 17 % to 18 % (PSI 0.00)"}, {"column": "OnlineSecurity", "label": "Online security", "psi": 7.088931372638811e-05, "psi_by_chance": 0.030808020527263304, "p_value": 0.9931375525293735, "p_adjusted": 1.0, "level": "none", "moved": "No internet service", "reference_share": 0.3839273037058072, "current_share": 0.38, "reference_mean": null, "current_mean": null, "sentence": "Online security: No internet service went from 38 % to 38 % (PSI 0.00)"}, {"column": "OnlineBackup", "label": "Online backup", "psi": 0.01465997728116681, "psi_by_chance": 0.030808020527263304, "p_value": 0.22425148216528226, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.21240948459463296, "current_share": 0.26, "reference_mean": null, "current_mean": null, "sentence": "Online backup: No went from 21 % to 26 % (PSI 0.01)"}, {"column": "DeviceProtection", "label": "Device protection", "psi": 0.006408014644965654, "psi_by_chance": 0.030808020527263304, "p_value": 0.5342928011779261, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.3066874911259406, "current_share": 0.34, "reference_mean": null, "current_mean": null, "sentence": "Device protection: Yes went from 31 % to 34 % (PSI 0.01)"}, {"column": "TechSupport", "label": "Tech support", "psi": 0.008527902648194165, "psi_by_chance": 0.030808020527263304, "p_value": 0.430775843931294, "p_adjusted": 1.0, "level": "none", "moved": "No", "reference_share": 0.277012636660514, "current_share": 0.315, "reference_mean": null, "current_mean": null, "sentence": "Tech support: No went from 28 % to 32 % (PSI 0.01)"}, {"column": "StreamingTV", "label": "Streaming TV", "psi": 0.029374505538392985, "psi_by_chance": 0.030808020527263304, "p_value": 0.06318019181144244, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.2687775095839841, "current_share": 0.205, "reference_mean": null, "current_mean": null, "sentence": "Streaming TV: Yes went from 27 % to 20 % (PSI 0.03)"}, {"column": "StreamingMovies", "label": "Streaming movies", "psi": 0.021685620904166286, "psi_by_chance": 0.030808020527263304, "p_value": 0.13790092326282202, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.21169955984665625, "current_share": 0.16, "reference_mean": null, "current_mean": null, "sentence": "Streaming movies: Yes went from 21 % to 16 % (PSI 0.02)"}, {"column": "Contract", "label": "Contract", "psi": 0.0020316909994216557, "psi_by_chance": 0.030808020527263304, "p_value": 0.8166446176062382, "p_adjusted": 1.0, "level": "none", "moved": "Two year", "reference_share": 0.20232855317336362, "current_share": 0.22, "reference_mean": null, "current_mean": null, "sentence": "Contract: Two year went from 20 % to 22 % (PSI 0.00)"}, {"column": "PaperlessBilling", "label": "Paperless billing", "psi": 0.0014619791146136775, "psi_by_chance": 0.01975272344049946, "p_value": 0.5940506654052553, "p_adjusted": 1.0, "level": "none", "moved": "Yes", "reference_share": 0.49410762459179325, "current_share": 0.475, "reference_mean": null, "current_mean": null, "sentence": "Paperless billing: Yes went from 49 % to 48 % (PSI 0.00)"}, {"column": "PaymentMethod", "label": "Payment method", "psi": 0.0020432290718529755, "psi_by_chance": 0.040183213263700335, "p_value": 0.9399462026032186, "p_adjusted": 1.0, "level": "none", "moved": "Credit card (automatic)", "reference_share": 0.18216669033082494, "current_share": 0.195, "reference_mean": null, "current_mean": null, "sentence": "Payment method: Credit card (automatic) went from 18 % to 20 % (PSI 0.00)"}, {"column": "MonthlyCharges", "label": "Monthly charge", "psi": 0.023058002060849698, "psi_by_chance": 0.08699712820549901, "p_value": 0.8630390499017602, "p_adjusted": 1.0, "level": "none", "moved": "109.3 to below 113.1", "reference_share": 0.0999574045151214, "current_share": 0.13, "reference_mean": 92.83706091154687, "current_mean": 93.05380000000353, "sentence": "Monthly charge: 109.3 to below 113.1 went from 10 % to 13 % (PSI 0.02; mean 92.84 \u2192 93.05)"}, {"column": "TotalCharges", "label": "Total charges", "psi": 0.0732812312771442, "psi_by_chance": 0.08699712820549901, "p_value": 0.19079665688753605, "p_adjusted": 1.0, "level": "none", "moved": "531.4 to below 846.6", "reference_share": 0.0999574045151214, "current_share": 0.05, "reference_mean": 2473.75264943916, "current_mean": 2539.3550500000038, "sentence": "Total charges: 531.4 to below 846.6 went from 10 % to 5 % (PSI 0.07; mean 2,474 \u2192 2,539)"}, {"column": "churn_probability", "label": "Churn probability", "psi": 0.05096576946492734, "psi_by_chance": 0.08699712820549901, "p_value": 0.35075975231683837, "p_adjusted": 1.0, "level": "none", "moved": "0.271 to below 0.358", "reference_share": 0.0999574045151214, "current_share": 0.145, "reference_mean": 0.3311977817559075, "current_mean": 0.3086097310087644, "sentence": "Churn probability: 0.271 to below 0.358 went from 10 % to 14 % (PSI 0.05; mean 0.331 \u2192 0.309)"}], "unseen": [], "outcomes": {"customers": 200, "churn_rate": 0.29, "low": 0.23154025607067885, "high": 0.35637478100777314, "mean_probability": 0.3086097310087644, "gap": -0.018609731008764396, "z": -0.6628677687130653, "p_value": 0.5074152460261052, "bins_p_value": 0.1879562223671261, "calibration_error": 0.030269593732473822, "reference_churn_rate": 0.33139287235553033, "level": "none", "sentence": "29 % of 200 customers left (23 % to 36 %) where the model expected 31 % (p = 0.507; over the bins of the score p = 0.188); in the reference 33 % left"}, "money": {"threshold": 0.3333333333333333, "profit_per_1000": 62022.58137810536, "best_threshold": 0.027722250000000004, "best_profit_per_1000": 86016.79121776315, "reference_profit_per_1000": 66946.83249849945, "customers": 200, "forgone_per_1000": 23994.209839657793, "change": -0.07355465429233665}}', '{"format": 1, "rows": 200, "edges": {"tenure": [3.0, 6.0, 10.0, 14.0, 20.0, 27.0, 35.0, 47.0, 69.0], "MonthlyCharges": [62.25, 67.61, 73.38, 91.08, 101.35, 105.77, 109.3, 113.06, 117.62], "TotalCharges": [229.92, 531.35, 846.64, 1257.6, 1769.28, 2372.22, 3192.9, 4291.56, 5983.7], "churn_probability": [0.04286320214285191, 0.07936419390330157, 0.1305544326197729, 0.19485526545258508, 0.27084964399413025, 0.35756681860760153, 0.4654002728198742, 0.5878674448388282, 0.7266549739671652]}, "values": {"gender": ["Female", "Male"], "SeniorCitizen": [0, 1], "Partner": ["No", "Yes"], "Dependents": ["No", "Yes"], "PhoneService": ["No", "Yes"], "MultipleLines": ["No", "Yes", "No phone service"], "InternetService": ["DSL", "Fiber optic", "No"], "OnlineSecurity": ["No", "Yes", "No internet service"], "OnlineBackup": ["No", "Yes", "No internet service"], "DeviceProtection": ["No", "Yes", "No internet service"], "TechSupport": ["No", "Yes", "No internet service"], "StreamingTV": ["No", "Yes", "No internet service"], "StreamingMovies": ["No", "Yes", "No internet service"], "Contract": ["Month-to-month", "One year", "Two year"], "PaperlessBilling": ["No", "Yes"], "PaymentMethod": ["Bank transfer (automatic)", "Credit card (automatic)", "Electronic check", "Mailed check"]}, "counts": {"tenure": [20, 16, 15, 10, 22, 29, 20, 22, 30, 16], "MonthlyCharges": [20, 17, 20, 20, 25, 17, 20, 26, 16, 19], "TotalCharges": [21, 14, 10, 21, 26, 21, 22, 25, 25, 15], "churn_probability": [23, 18, 22, 19, 16, 29, 25, 16, 19, 13], "gender": [73, 127], "SeniorCitizen": [82, 118], "Partner": [115, 85], "Dependents": [151, 49], "PhoneService": [81, 119], "MultipleLines": [64, 55, 81], "InternetService": [36, 88, 76], "OnlineSecurity": [72, 52, 76], "OnlineBackup": [52, 72, 76], "DeviceProtection": [56, 68, 76], "TechSupport": [63, 61, 76], "StreamingTV": [83, 41, 76], "StreamingMovies": [92, 32, 76], "Contract": [92, 64, 44], "PaperlessBilling": [105, 95], "PaymentMethod": [46, 39, 70, 45]}, "sums": {"tenure": 24124831301632, "MonthlyCharges": 79932605553708, "TotalCharges": 2181289378536492, "churn_probability": 265093740382}, "unseen": {}, "outcomes": {"customers": [23, 18, 22, 19, 16, 29, 25, 16, 19, 13], "churned": [1, 0, 2, 6, 1, 5, 12, 10, 10, 11], "expected": [2515636956, 5023758998, 9937845224, 13494428063, 15888454644, 38915650931, 43912426380, 36045420526, 53489458472, 45870660188], "variance": [2439727009, 4691003326, 8865028974, 11241445757, 12182872444, 26680930244, 25834216144, 17077303332, 18295274796, 8100795280]}}');


--
-- Name: campaigns_position_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.campaigns_position_seq', 3, true);


--
-- Name: publications_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.publications_id_seq', 6, true);


--
-- Name: scored_files_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.scored_files_id_seq', 2, true);


--
-- Name: campaigns campaigns_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_id_key UNIQUE (id);


--
-- Name: campaigns campaigns_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY ("position");


--
-- Name: publications publications_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT publications_pkey PRIMARY KEY (id);


--
-- Name: scored_files scored_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.scored_files
    ADD CONSTRAINT scored_files_pkey PRIMARY KEY (id);


--
-- Name: ix_scored_files_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_scored_files_at ON public.scored_files USING btree (at);


--
-- Name: publications publications_campaign_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.publications
    ADD CONSTRAINT publications_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaigns(id);


--
-- PostgreSQL database dump complete
--


